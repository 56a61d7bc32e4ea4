import { objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Hit, ObjectRule } from '../rule.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import type { JsonObject } from '../../../api/json.ts';
import { documented } from '../source.ts';

const kinds = ['RoleBinding.rbac.authorization.k8s.io', 'ClusterRoleBinding.rbac.authorization.k8s.io'];

/** The group `system:masters` has every right whatever a binding says. */
export const bindsClusterAdmin: ObjectRule = {
  id: 'ClusterAdminBound',
  severity: 'high',
  category: 'access',
  reason: 'whoever takes over such an account owns all that the binding reaches',
  cis: '5.1.1',
  source: documented(
    'RBAC good practices: least privilege',
    'concepts/security/rbac-good-practices/#least-privilege',
  ),
  kinds,
  check: (binding) => {
    const isAdmin =
      textAt(binding, 'roleRef', 'kind') === 'ClusterRole' &&
      textAt(binding, 'roleRef', 'name') === 'cluster-admin';
    const subjects = objectsAt(binding, 'subjects').filter(
      (each) => textAt(each, 'name') !== 'system:masters',
    );
    if (!isAdmin || subjects.length === 0) return [];
    const names = subjects.slice(0, 5).map(describeSubject).join(', ');
    return [
      {
        fieldPath: 'roleRef',
        text: `${names} may do everything${binding.kind === 'RoleBinding' ? ' in the namespace' : ' in the cluster'} (cluster-admin).`,
        fix: 'Bind a role that lists what is used; people can impersonate an administrator for the time they need it.',
      },
    ];
  },
};

export const bindsAnonymous: ObjectRule = {
  id: 'BoundToAnonymous',
  severity: 'critical',
  category: 'access',
  reason: 'whoever reaches the API server has the rights, without a password or a certificate',
  source: documented('RBAC good practices: hardening', 'concepts/security/rbac-good-practices/#hardening'),
  kinds,
  check: (binding) =>
    hits(
      binding,
      ({ name }) => name === 'system:anonymous' || name === 'system:unauthenticated',
      'everyone who reaches the API server, known or not',
    ),
};

export const bindsEveryone: ObjectRule = {
  id: 'BoundToEveryAccount',
  severity: 'medium',
  category: 'access',
  reason: 'every Pod of the cluster has an account, also one that is taken over',
  source: documented(
    'RBAC: default roles and role bindings',
    'reference/access-authn-authz/rbac/#referring-to-subjects',
  ),
  kinds,
  check: (binding) =>
    hits(
      binding,
      ({ name, kind }) =>
        kind === 'Group' && (name === 'system:authenticated' || name === 'system:serviceaccounts'),
      'every user and every account of the cluster',
    ),
};

export const bindsDefaultAccount: ObjectRule = {
  id: 'BoundToDefaultAccount',
  severity: 'medium',
  category: 'access',
  reason: 'every Pod of the namespace that names no account has the rights as well',
  cis: '5.1.5',
  source: documented(
    'Service accounts: default service accounts',
    'concepts/security/service-accounts/#default-service-accounts',
  ),
  kinds,
  check: (binding) =>
    hits(
      binding,
      ({ name, kind }) => kind === 'ServiceAccount' && name === 'default',
      'the account that Pods have which name none',
    ),
};

function hits(
  binding: KubeObject,
  isMeant: (subject: { readonly kind: string; readonly name: string }) => boolean,
  meaning: string,
): readonly Hit[] {
  return objectsAt(binding, 'subjects').flatMap((subject, index) => {
    if (!isMeant({ kind: textAt(subject, 'kind'), name: textAt(subject, 'name') })) return [];
    const role = `${textAt(binding, 'roleRef', 'kind')} ${textAt(binding, 'roleRef', 'name')}`;
    return [
      {
        fieldPath: `subjects[${index}]`,
        text: `${describeSubject(subject)} has the rights of ${quoteText(role, 200)}: that is ${meaning}.`,
        fix: `Name an account of the program or a group of people in subjects[${index}].`,
      },
    ];
  });
}

function describeSubject(subject: JsonObject): string {
  return quoteText(`${textAt(subject, 'kind')} ${textAt(subject, 'name')}`, 200);
}
