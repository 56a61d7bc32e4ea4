import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { auditCluster, auditObjectOf } from '../../src/analyze/audit-cluster.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { setRules } from '../../src/analyze/rules/set-rules.ts';
import { SluiceError } from '../../src/api/errors.ts';
import type { ReadOnlyCluster } from '../../src/cluster/port.ts';
import { groupOf } from '../../src/cluster/known-kinds.ts';
import { ruleManifests } from './rule-manifests.ts';

/** A cluster that holds these objects, and may refuse to list a kind. */
function clusterOf(objects: readonly KubeObject[], refused?: string): ReadOnlyCluster {
  return {
    name: '',
    kind: 'memory',
    get: async () => undefined,
    list: async ({ apiVersion, kind }) => {
      if (kind === refused) throw new SluiceError('denied', 'Forbidden', 'not for you');
      return objects.filter((each) => each.kind === kind && groupOf(each.apiVersion) === groupOf(apiVersion));
    },
  };
}

const withOwn = (rest: JsonObject): KubeObject => rest as unknown as KubeObject;
const ids = ({ findings }: { readonly findings: readonly { readonly id: string }[] }): readonly string[] => [
  ...new Set(findings.map(({ id }) => id)),
];

describe('each rule about objects together', () => {
  const rules = ruleManifests().filter(({ id }) => setRules.some((rule) => rule.id === id));

  test.each(rules)(
    '$id holds for a cluster, and for the one object on it',
    async ({ id, flagged, fixed }) => {
      const whole = await auditCluster(clusterOf(flagged), 'shop');
      expect(ids(whole)).toEqual([id]);
      const { object } = whole.findings[0] ?? {};
      const blamed = flagged.find(
        (each) => each.kind === object?.kind && each.metadata.name === object?.name,
      );
      if (blamed === undefined) throw new Error('nobody is blamed');
      expect(ids(await auditObjectOf(clusterOf(flagged), blamed))).toEqual([id]);
      expect(ids(await auditCluster(clusterOf(fixed), 'shop'))).toEqual([]);
    },
  );

  test.each(rules)(
    '$id says nothing where a list that it needs is refused',
    async ({ id, flagged, fixed }) => {
      for (const kind of new Set(fixed.map((each) => each.kind))) {
        // What is judged is there; what it is judged by may not be listed.
        const whole = await auditCluster(clusterOf(fixed, kind), 'shop');
        expect(ids(whole), kind).not.toContain(id);
        expect(whole.notJudged, kind).toMatchObject([{ kind, reason: 'Forbidden' }]);
      }
      expect(flagged.length).toBeGreaterThan(0);
    },
  );
});

test('roles that Kubernetes brings are left out and counted; what binds them is judged', async () => {
  const metadata = { name: 'system:all', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const role = withOwn({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules });
  const own = withOwn({ ...role, metadata: { ...metadata, name: 'mine' } });
  const binding = withOwn({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:unauthenticated' }],
  });
  const audit = await auditCluster(clusterOf([role, own, binding]));
  expect(audit.builtInRoles).toBe(1);
  const blamed = audit.findings.map(({ object }) => `${object.kind} ${object.name}`);
  expect(new Set(blamed)).toEqual(new Set(['ClusterRoleBinding system:all', 'ClusterRole mine']));
});

test('a ReplicaSet of a former revision is not judged, and a node that the scheduler chose is no finding', async () => {
  const [web] = ruleManifests().find(({ id }) => id === 'NoDisruptionBudget')?.fixed ?? [];
  if (web === undefined) throw new Error('no Deployment');
  const template = (web['spec'] as { readonly template: JsonObject }).template;
  const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true };
  const former = withOwn({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'web-1', namespace: 'shop', ownerReferences: [owner] },
    spec: { replicas: 0, template: { metadata: {}, spec: { containers: [{ name: 'c', image: 'web' }] } } },
  });
  const pod = withOwn({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'web-2-a',
      namespace: 'shop',
      labels: { app: 'web' },
      ownerReferences: [{ ...owner, kind: 'ReplicaSet', name: 'web-2' }],
    },
    spec: { ...(template['spec'] as JsonObject), nodeName: 'node-1' },
    status: { phase: 'Running' },
  });
  const audit = await auditCluster(clusterOf([web, former, pod]), 'shop');
  expect(ids(audit).filter((id) => !id.startsWith('No'))).toEqual([]);
  expect(audit.objects.map(({ name }) => name)).not.toContain('web-1');
});
