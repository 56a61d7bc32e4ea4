import type { KubeObject } from '../../../api/kube-object.ts';
import { objectsAt, textsAt } from '../../json-fields.ts';

export const roleKinds: readonly string[] = [
  'Role.rbac.authorization.k8s.io',
  'ClusterRole.rbac.authorization.k8s.io',
];

/** What a rule of a role allows. */
export interface Grant {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  readonly groups: readonly string[];
  /** Whether it holds for objects of given names alone. */
  readonly isNamed: boolean;
  /** Such as `rules[2]`. */
  readonly path: string;
}

/** The rules of a role that are about objects of the API; those about URLs are left out. */
export function grantsOf(role: KubeObject): readonly Grant[] {
  return objectsAt(role, 'rules')
    .map((rule, index) => ({
      verbs: textsAt(rule, 'verbs'),
      resources: textsAt(rule, 'resources'),
      groups: textsAt(rule, 'apiGroups'),
      isNamed: textsAt(rule, 'resourceNames').length > 0,
      path: `rules[${index}]`,
    }))
    .filter(({ resources }) => resources.length > 0);
}

/** The core group, and groups that hold only kinds of extensions, are far apart: `*` is the wildcard that matters. */
export function hasWildcard({ verbs, resources }: Grant): boolean {
  return verbs.includes('*') || resources.some((resource) => resource === '*' || resource === '*/*');
}
