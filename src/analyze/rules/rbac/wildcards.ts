import type { Hit, ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';
import { grantsOf, roleKinds, type Grant } from './policy-rules.ts';

const source = documented(
  'RBAC good practices: least privilege',
  'concepts/security/rbac-good-practices/#least-privilege',
);

export const grantsEverything: ObjectRule = {
  id: 'RoleGrantsEverything',
  severity: 'high',
  category: 'access',
  reason:
    'whoever has it owns the namespace, or with a ClusterRole the cluster, and every kind that is added later',
  cis: '5.1.3',
  source,
  kinds: roleKinds,
  check: (role) =>
    hits(role, (grant) => isEvery(grant.verbs) && isAny(grant.resources) && isWide(grant), {
      text: 'allows every verb on every resource',
      fix: 'list the verbs and resources that are used',
    }),
};

export const wildcardVerbs: ObjectRule = {
  id: 'RoleWildcardVerbs',
  severity: 'medium',
  category: 'access',
  reason: 'it also means delete, deletecollection, and verbs that come later',
  cis: '5.1.3',
  source,
  kinds: roleKinds,
  check: (role) =>
    hits(role, (grant) => isAny(grant.verbs) && !(isAny(grant.resources) && isWide(grant)), {
      text: 'allows every verb',
      fix: 'list the verbs that are used, such as get, list and watch',
    }),
};

export const wildcardResources: ObjectRule = {
  id: 'RoleWildcardResources',
  severity: 'medium',
  category: 'access',
  reason: 'it also means Secrets, and kinds that are added later',
  cis: '5.1.3',
  source,
  kinds: roleKinds,
  check: (role) => [
    ...hits(role, (grant) => isAny(grant.resources) && isWide(grant) && !isEvery(grant.verbs), {
      text: 'holds for every resource, Secrets with it',
      fix: 'list the resources that are used',
    }),
    ...hits(role, (grant) => isAny(grant.resources) && !isWide(grant) && !isAny(grant.verbs), {
      text: 'holds for every resource of its API groups',
      fix: 'list the resources that are used',
    }),
  ],
};

/** Whether it is for groups of Kubernetes. A group of extensions holds what its operator made, and no Secrets or Pods. */
function isWide({ groups }: Grant): boolean {
  return groups.length === 0 || groups.some((group) => !group.includes('.') || group.endsWith('k8s.io'));
}

/** Written out they are as many; what comes on top, such as `bind`, needs a star. */
const allVerbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

function isEvery(verbs: readonly string[]): boolean {
  return isAny(verbs) || allVerbs.every((verb) => verbs.includes(verb));
}

function isAny(names: readonly string[]): boolean {
  return names.includes('*') || names.includes('*/*');
}

function hits(
  role: Parameters<typeof grantsOf>[0],
  isHit: (grant: Grant) => boolean,
  { text, fix }: { readonly text: string; readonly fix: string },
): readonly Hit[] {
  return grantsOf(role)
    .filter(isHit)
    .map(({ path }) => ({
      fieldPath: path,
      text: `Rule ${path} of the ${role.kind} ${text}.`,
      fix: `Narrow ${path}: ${fix}.`,
    }));
}
