import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import { found, object, ownedBy, type Row } from './objects.ts';

const privileged: JsonObject = { securityContext: { privileged: true } };
const podSpec = (container: JsonObject, more: JsonObject = {}): JsonObject => ({
  automountServiceAccountToken: false,
  containers: [{ name: 'c', ...container }],
  ...more,
});
const deployment = (container: JsonObject): KubeObject =>
  object('apps/v1', 'Deployment', 'web', { spec: { template: { spec: podSpec(container) } } });
const pod = (name: string, spec: JsonObject, metadata: ObjectMeta = {}): KubeObject =>
  object('v1', 'Pod', name, { spec, status: { phase: 'Running' } }, metadata);
const owner = deployment(privileged);
const replicaSet = object(
  'apps/v1',
  'ReplicaSet',
  'web-a',
  { spec: { template: { spec: podSpec(privileged) } } },
  ownedBy(owner),
);
const ofSet = (name: string): KubeObject => pod(name, podSpec(privileged), ownedBy(replicaSet));
const foreign = object('example.com/v1', 'Rollout', 'web');
const ofForeign = (name: string): KubeObject => pod(name, podSpec(privileged), ownedBy(foreign));
const told = (name: string): string =>
  `PrivilegedContainer: Container c in pod ${name} is running as privileged which poses security risks`;

test.each<Row>([
  [
    'a workload and all its Pods are one problem',
    [owner, replicaSet, ofSet('web-a-1'), ofSet('web-a-2')],
    [told('web-a-1')],
  ],
  ['a workload without Pods', [owner], ['PrivilegedContainer: -']],
  ['Pods of an owner that nobody knows are one problem', [ofForeign('a'), ofForeign('b')], [told('a')]],
  ['a Pod alone', [pod('a', podSpec(privileged))], [told('a')]],
  [
    'all that is wrong with a Pod, not just the first',
    [pod('a', podSpec(privileged, { hostNetwork: true }))],
    [told('a'), 'HostNetwork: -'],
  ],
  ['a Pod that is well', [pod('a', podSpec({ securityContext: { runAsNonRoot: true } }))], []],
  [
    'a manifest that says nothing',
    [object('v1', 'Pod', 'a', { spec: podSpec({}) })],
    ['NoSecurityContext: Pod a does not have a security context defined which may pose security risks'],
  ],
])('Security of Pods: %s', async (_, objects, expected) => {
  expect(await found(objects, 'Security')).toEqual(expected);
});

const account = (name: string, body: JsonObject = {}): KubeObject =>
  object('v1', 'ServiceAccount', name, body);
const user = (name: string, spec: JsonObject = {}): KubeObject =>
  pod(name, { containers: [{ name: 'c', securityContext: { runAsNonRoot: true } }], ...spec });
const used = 'DefaultAccountUsed: Default service account is being used by pods: [a b]';

test.each<Row>([
  ['Pods that name none', [account('default'), user('a'), user('b')], [used]],
  ['Pods of another one', [account('default'), user('a', { serviceAccountName: 'web' })], []],
  ['no token by the Pod', [account('default'), user('a', { automountServiceAccountToken: false })], []],
  ['no token by the account', [account('default', { automountServiceAccountToken: false }), user('a')], []],
  ['another account', [account('web'), user('a', { serviceAccountName: 'web' })], []],
])('Security of the default account: %s', async (_, objects, expected) => {
  expect(await found(objects, 'Security')).toEqual(expected);
});

const rbac = 'rbac.authorization.k8s.io/v1';
const role = (kind: string, rule: JsonObject, metadata: ObjectMeta = {}): KubeObject =>
  object(
    rbac,
    kind,
    'tool',
    { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule }] },
    metadata,
  );
const binding = (kind: string, roleKind: string, metadata: ObjectMeta = {}): KubeObject =>
  object(rbac, kind, 'b', { roleRef: { kind: roleKind, name: 'tool' }, subjects: [] }, metadata);
const cluster = { namespace: '' };
const bound =
  'RoleBinding b references Role tool which contains wildcard permissions - this is not recommended for security best practices';

test.each<Row>([
  [
    'bound',
    [role('Role', { verbs: ['*'] }), binding('RoleBinding', 'Role')],
    [`RoleWildcardVerbs: ${bound}`],
  ],
  ['not bound', [role('Role', { verbs: ['*'] })], []],
  [
    'bound in another namespace',
    [role('Role', { verbs: ['*'] }), binding('RoleBinding', 'Role', { namespace: 'b' })],
    [],
  ],
  [
    'a ClusterRole of the same name is bound',
    [role('Role', { verbs: ['*'] }), binding('RoleBinding', 'ClusterRole')],
    [],
  ],
  ['no wildcard', [role('Role', {}), binding('RoleBinding', 'Role')], []],
  [
    'a ClusterRole',
    [
      role('ClusterRole', { resources: ['*'] }, cluster),
      binding('ClusterRoleBinding', 'ClusterRole', cluster),
    ],
    ['RoleWildcardResources: -'],
  ],
  [
    'a ClusterRole of Kubernetes',
    [
      role(
        'ClusterRole',
        { verbs: ['*'] },
        { ...cluster, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
      ),
      binding('ClusterRoleBinding', 'ClusterRole', cluster),
    ],
    [],
  ],
])('Security of roles: a wildcard, %s', async (_, objects, expected) => {
  expect(await found(objects, 'Security')).toEqual(expected);
});
