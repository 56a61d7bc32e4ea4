import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { controllerAccount, labels, systemNamespace } from './names.ts';
import type { Right } from './rights.ts';

const rbac = 'rbac.authorization.k8s.io';

export interface AccountRef {
  readonly name: string;
  readonly namespace: string;
}

export const theController: AccountRef = { name: controllerAccount, namespace: systemNamespace };

export function serviceAccount({ name, namespace }: AccountRef): KubeObject {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace, labels } };
}

/** A Role of that name in the namespace, and the binding of the account to it. */
export function roleFor(
  account: AccountRef,
  { name, namespace, rights }: { name: string; namespace: string; rights: readonly Right[] },
): readonly KubeObject[] {
  const metadata = { name, namespace, labels };
  return [
    { apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: rights.map(ruleOf) },
    binding('RoleBinding', 'Role', metadata, account),
  ];
}

/** The same for the whole cluster. */
export function clusterRoleFor(
  account: AccountRef,
  { name, rights }: { name: string; rights: readonly Right[] },
): readonly KubeObject[] {
  const metadata = { name, labels };
  return [
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata, rules: rights.map(ruleOf) },
    binding('ClusterRoleBinding', 'ClusterRole', metadata, account),
  ];
}

export function ruleOf({ group, resources, verbs, names }: Right): JsonObject {
  return {
    apiGroups: [group],
    resources: [...resources],
    ...(names === undefined ? {} : { resourceNames: [...names] }),
    verbs: [...verbs],
  };
}

function binding(
  kind: string,
  roleKind: string,
  metadata: KubeObject['metadata'],
  account: AccountRef,
): KubeObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind,
    metadata,
    roleRef: { apiGroup: rbac, kind: roleKind, name: metadata.name ?? '' },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  };
}
