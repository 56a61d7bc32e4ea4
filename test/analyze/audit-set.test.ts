import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { auditObject } from '../../src/analyze/audit.ts';
import { auditObjects } from '../../src/analyze/audit-set.ts';
import { applyExemptions } from '../../src/analyze/exemptions/apply-exemptions.ts';
import { score } from '../../src/analyze/score.ts';
import { scoreObjects } from '../../src/analyze/score-set.ts';
import { bareDeployment, nowMs, podOf, replicaSetOf, soundDeployment } from './kube-fixtures.ts';
import { ruleManifests } from './rule-manifests.ts';

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: Record<string, Json> = {},
): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop' },
  ...rest,
});
const autoscaler = (min: number): KubeObject =>
  object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: min,
      maxReplicas: 6,
    },
  });
const everyone = object('networking.k8s.io/v1', 'NetworkPolicy', 'all', { spec: { podSelector: {} } });
const idsOf = (objects: readonly KubeObject[], kind: string): readonly string[] =>
  auditObjects(objects)
    .findings.filter(({ object: { kind: own } }) => own === kind)
    .map(({ id }) => id);

describe('objects that are given together', () => {
  test('one alone is judged as by auditObject', () => {
    expect(auditObjects([bareDeployment()]).findings).toEqual(
      auditObject(bareDeployment()).kind === 'audited'
        ? (auditObject(bareDeployment()) as { findings: unknown }).findings
        : [],
    );
  });

  test('a kind that no rule knows is told, and is not sound', () => {
    const { objects, notCovered } = auditObjects([object('example.com/v1', 'Widget', 'w'), everyone]);
    expect(notCovered.map(({ kind }) => kind)).toEqual(['Widget']);
    expect(objects.map(({ kind }) => kind)).toEqual(['NetworkPolicy']);
  });

  test('where an autoscaler sets the replicas, it is the one to blame for a single one', () => {
    const one = soundDeployment({ spec: { replicas: null } });
    expect(idsOf([one, everyone], 'Deployment')).toContain('SingleReplica');
    expect(idsOf([one, everyone, autoscaler(2)], 'Deployment')).not.toContain('SingleReplica');
    expect(idsOf([one, everyone, autoscaler(2)], 'HorizontalPodAutoscaler')).toEqual([]);
    expect(idsOf([one, everyone, autoscaler(1)], 'Deployment')).not.toContain('SingleReplica');
    expect(idsOf([one, everyone, autoscaler(1)], 'HorizontalPodAutoscaler')).toEqual([
      'AutoscalerMinimumOne',
    ]);
  });

  test('an account that mounts no token answers for its Pods, unless these ask for one', () => {
    const account = { ...object('v1', 'ServiceAccount', 'default'), automountServiceAccountToken: false };
    const pods = (automountServiceAccountToken: boolean | null): KubeObject =>
      soundDeployment({ pod: { automountServiceAccountToken } });
    expect(idsOf([pods(null), everyone], 'Deployment')).toContain('ServiceAccountTokenMounted');
    expect(idsOf([pods(null), everyone, account], 'Deployment')).not.toContain('ServiceAccountTokenMounted');
    expect(idsOf([pods(true), everyone, account], 'Deployment')).toContain('ServiceAccountTokenMounted');
  });

  test.each([
    [1, false],
    [2, true],
    ['50%', false],
    ['51%', true],
    ['1%', false],
  ])('a budget that keeps %s of two replicas', (minAvailable, isBlocking) => {
    const selector = { matchLabels: { app: 'web' } };
    const budget = object('policy/v1', 'PodDisruptionBudget', 'web', { spec: { minAvailable, selector } });
    const found = idsOf([soundDeployment(), budget], 'PodDisruptionBudget');
    expect(found.includes('DisruptionBudgetAboveReplicas')).toBe(isBlocking);
  });

  test('objects of another namespace answer for nothing', () => {
    const elsewhere = { ...everyone, metadata: { name: 'all', namespace: 'other' } };
    expect(idsOf([soundDeployment(), elsewhere], 'Deployment')).toContain('NoNetworkPolicy');
  });
});

describe('what a Deployment owns', () => {
  const deployment = bareDeployment();
  const template = (deployment['spec'] as { template: Json }).template;
  const replicaSet = { ...replicaSetOf(deployment), spec: { replicas: 1, template } };
  const pod = podOf(replicaSet, {
    status: {},
    containers: (template as { spec: { containers: Json[] } }).spec.containers,
  });

  test('repeats nothing, and has no score of its own', () => {
    const { objects, findings } = auditObjects([deployment, replicaSet, pod]);
    expect(objects.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(new Set(findings.map(({ object: { kind } }) => kind))).toEqual(new Set(['Deployment']));
  });

  test('cannot hide behind its owner what the owner is not blamed for', () => {
    const bad = { ...pod, spec: { ...(pod['spec'] as object), hostNetwork: true } } as KubeObject;
    expect(idsOf([deployment, replicaSet, bad], 'Pod')).toEqual(['HostNetwork']);
    const own = {
      ...bad,
      metadata: {
        ...bad.metadata,
        ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: bad.metadata.name ?? '', controller: true }],
      },
    };
    expect(idsOf([deployment, own], 'Pod')).toContain('HostNetwork');
  });
});

describe('the score of several', () => {
  const audited = auditObjects([soundDeployment(), bareDeployment(), everyone]);

  test('is that of the worst, and the mean', () => {
    const scored = scoreObjects(audited.objects, audited.findings);
    const scores = scored?.objects.map((each) => each.score) ?? [];
    expect(scored?.worst).toBe(Math.min(...scores));
    expect(scored?.total).toBe(Math.floor(scores.reduce((sum, each) => sum + each, 0) / scores.length));
    expect(scored?.objects[0]?.object).toMatchObject({ namespace: 'default', name: 'web' });
  });

  test('counts nothing that is exempted, and all of it again when the exemption is over', () => {
    const exemption = { rule: 'NoMemoryLimit', reason: 'x', expires: '', expiresMs: nowMs + 1, place: '' };
    const worstAt = (atMs: number): number =>
      scoreObjects(audited.objects, applyExemptions(audited.findings, [exemption], atMs).kept)?.worst ?? 0;
    expect(worstAt(nowMs)).toBeGreaterThan(worstAt(nowMs + 1));
    expect(worstAt(nowMs + 1)).toBe(scoreObjects(audited.objects, audited.findings)?.worst);
  });

  test('of none is no score', () => {
    expect(scoreObjects([], [])).toBeUndefined();
  });
});

test('one more finding of real rules never raises a score', () => {
  const findings = ruleManifests().flatMap(({ flagged }) => auditObjects(flagged).findings);
  fc.assert(
    fc.property(fc.subarray(findings), fc.nat({ max: findings.length - 1 }), (some, at) => {
      const more = findings[at];
      expect(score(more === undefined ? some : [...some, more]).score).toBeLessThanOrEqual(score(some).score);
    }),
    { numRuns: 300 },
  );
});

test('annotations and labels of the judged objects excuse nothing', () => {
  const words = {
    'sluice.dev/exempt': 'true',
    'kube-linter.io/ignore-all': 'ignored',
    'kube-score/ignore': '*',
    'polaris.fairwinds.com/exempt': 'true',
  };
  for (const { id, flagged } of ruleManifests()) {
    const boasting = flagged.map((each) => ({
      ...each,
      metadata: { ...each.metadata, annotations: { ...each.metadata.annotations, ...words } },
    }));
    expect(
      auditObjects(boasting).findings.map((each) => each.id),
      id,
    ).toContain(id);
  }
});

test('no field of a wrong type makes a rule throw', () => {
  const all = ruleManifests().flatMap(({ flagged, fixed }) => [flagged, fixed]);
  const values = fc.constantFrom<Json>(
    null,
    '',
    'x',
    '100%',
    0,
    -1,
    1e300,
    true,
    [],
    {},
    [null],
    [['x']],
    { name: null },
    { type: 1 },
  );
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.nat(), fc.nat(), values, (objects, which, at, value) => {
      const index = which % objects.length;
      const changed = objects.map((each, own) =>
        own === index ? (replaceAt(each as Json, at, value) as KubeObject) : each,
      );
      for (const { id, text, fix } of auditObjects(changed).findings)
        expect([id, text, fix]).not.toContain('');
    }),
    { numRuns: 3000 },
  );
});

/** The value with one of its fields, counted in order of depth, replaced; kind and metadata stay. */
function replaceAt(root: Json, at: number, value: Json): Json {
  const paths: (readonly string[])[] = [];
  const walk = (node: Json, path: readonly string[]): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, child] of Object.entries(node)) {
      if (path.length === 0 && (key === 'kind' || key === 'metadata')) continue;
      paths.push([...path, key]);
      walk(child, [...path, key]);
    }
  };
  walk(root, []);
  const chosen = paths[at % paths.length] ?? [];
  const put = (node: Json, [key, ...rest]: readonly string[]): Json => {
    if (key === undefined) return value;
    const copy = Array.isArray(node) ? [...(node as readonly Json[])] : { ...(node as Record<string, Json>) };
    Object.assign(copy, { [key]: put((node as Record<string, Json>)[key] ?? null, rest) });
    return copy;
  };
  return put(root, chosen);
}

describe('wildcards of a role', () => {
  const everything = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  test.each<readonly [string, string, readonly string[], readonly string[]]>([
    ['all of Kubernetes', '*', ['*'], ['RoleGrantsEverything']],
    ['a group of Kubernetes', 'rbac.authorization.k8s.io', ['*'], ['RoleGrantsEverything']],
    ['every verb written out', '', everything, ['RoleGrantsEverything']],
    ['a group of an extension', 'certs.example.com', ['*'], ['RoleWildcardVerbs']],
    [
      'a group of an extension, verbs written out',
      'certs.example.com',
      everything,
      ['RoleWildcardResources'],
    ],
    ['reading all', '', ['get'], ['RoleWildcardResources']],
  ])('%s: one finding', (_, group, verbs, expected) => {
    const rules = [{ apiGroups: [group], resources: ['*'], verbs: [...verbs] }];
    const role = object('rbac.authorization.k8s.io/v1', 'Role', 'r', { rules });
    expect(auditObjects([role]).findings.map(({ id }) => id)).toEqual(expected);
  });
});
