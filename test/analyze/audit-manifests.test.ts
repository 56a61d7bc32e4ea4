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
