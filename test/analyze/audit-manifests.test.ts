import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { auditRules } from '../../src/analyze/audit.ts';
import { auditObjects } from '../../src/analyze/audit-set.ts';
import { ruleManifests } from './rule-manifests.ts';

function flagged(objects: readonly KubeObject[]): readonly string[] {
  const { findings, notCovered } = auditObjects(objects);
  expect(notCovered).toEqual([]);
  return [...new Set(findings.map(({ id }) => id))];
}

describe('the manifest of each rule', () => {
  const manifests = ruleManifests();

  test.each(manifests)('$id flags it, and no other rule does', (each) => {
    expect(flagged(each.flagged)).toEqual([each.id]);
  });

  test.each(manifests)('$id is content with the fix', ({ fixed }) => {
    expect(flagged(fixed)).toEqual([]);
  });

  test('is there', () => {
    expect(manifests.map(({ id }) => id).toSorted()).toEqual(auditRules.map(({ id }) => id).toSorted());
  });
});

test('each rule says why, on what it rests, and where that stands', () => {
  for (const { id, reason, source, podSecurity } of auditRules) {
    expect(reason, id).toMatch(/^.{15,}[^.]$/);
    expect(source.title, id).not.toBe('');
    expect(source.url, id).toMatch(/^https:\/\//);
    expect(source.title.startsWith(`Pod Security Standards, ${podSecurity ?? 'none'}`), id).toBe(
      podSecurity !== undefined,
    );
  }
});

describe('the Pod Security Standards', () => {
  const baseline =
    'HostProcess, Host Namespaces, Privileged Containers, Capabilities, HostPath Volumes, Host Ports, Host Probes / Lifecycle Hooks, AppArmor, SELinux, /proc Mount Type, Seccomp, Sysctls';
  const restricted =
    'Volume Types, Privilege Escalation, Running as Non-root, Running as Non-root user, Seccomp, Capabilities, /proc Mount Type';
  const controls = [
    ...baseline.split(', ').map((control) => ['baseline', control] as const),
    ...restricted.split(', ').map((control) => ['restricted', control] as const),
  ];

  test.each(controls)('%s: %s has a rule', (level, control) => {
    const titles = auditRules.map(({ source }) => source.title);
    expect(titles).toContain(`Pod Security Standards, ${level}: ${control}`);
  });

  test('have no other controls', () => {
    const known = controls.map(([level, control]) => `Pod Security Standards, ${level}: ${control}`);
    const titles = auditRules
      .filter((rule) => rule.podSecurity !== undefined)
      .map(({ source }) => source.title);
    expect(titles.filter((title) => !known.includes(title))).toEqual([]);
  });
});
