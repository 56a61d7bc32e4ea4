import type { Severity } from '../../finding.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';
import { grantsOf, hasWildcard, roleKinds, type Grant } from './policy-rules.ts';

interface Power {
  readonly id: string;
  readonly severity: Severity;
  readonly reason: string;
  readonly cis?: string;
  /** Title and section of the page about the good practices of RBAC. */
  readonly section: readonly [title: string, anchor: string];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Whether a list of names makes it harmless; `create` knows no names. */
  readonly unlessNamed: boolean;
  /** After `Rule rules[0] of the Role`. */
  readonly says: string;
  readonly fix: string;
}

/** Rights that lead further than they say. A rule with a wildcard is told by that alone. */
const powers: readonly Power[] = [
  {
    id: 'RoleEscalates',
    severity: 'high',
    reason: 'whoever has it can give themselves any right',
    cis: '5.1.8',
    section: ['escalate verb', 'escalate-verb'],
    resources: ['roles', 'clusterroles'],
    verbs: ['escalate', 'bind'],
    unlessNamed: true,
    says: 'lets its holder make or bind roles with rights that they do not have',
    fix: 'remove escalate and bind, or name the roles in resourceNames',
  },
  {
    id: 'RoleImpersonates',
    severity: 'high',
    reason: 'whoever has it acts with the rights of others, an administrator among them',
    cis: '5.1.8',
    section: ['impersonate verb', 'impersonate-verb'],
    resources: ['users', 'groups', 'serviceaccounts'],
    verbs: ['impersonate'],
    unlessNamed: true,
    says: 'lets its holder act as any user, group or account',
    fix: 'remove impersonate, or name who may be impersonated in resourceNames',
  },
  {
    id: 'RoleMakesTokens',
    severity: 'high',
    reason: 'a token of a stronger account is all that an attacker needs',
    cis: '5.1.13',
    section: ['token request', 'token-request'],
    resources: ['serviceaccounts/token'],
    verbs: ['create'],
    unlessNamed: true,
    says: 'makes tokens of every account',
    fix: 'name the accounts in resourceNames',
  },
  {
    id: 'RoleReachesKubelets',
    severity: 'high',
    reason: 'the kubelet runs commands in every container of its node, past audit log and admission',
    cis: '5.1.10',
    section: ['access to proxy subresource of nodes', 'access-to-proxy-subresource-of-nodes'],
    resources: ['nodes/proxy'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
    unlessNamed: false,
    says: 'reaches the kubelets (nodes/proxy), for which reading is enough to run commands',
    fix: 'remove nodes/proxy; metrics need nodes/metrics, and logs and statistics nodes/log and nodes/stats',
  },
  {
    id: 'RoleApprovesCertificates',
    severity: 'high',
    reason: 'a client certificate can carry any name, that of an administrator with it',
    cis: '5.1.11',
    section: ['CSRs and certificate issuing', 'csrs-and-certificate-issuing'],
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update', 'patch'],
    unlessNamed: false,
    says: 'approves certificates',
    fix: 'leave that to a controller with rights for one signer',
  },
  {
    id: 'RoleReadsSecrets',
    severity: 'medium',
    reason: 'tokens and passwords of everything else in the namespace are among them',
    cis: '5.1.2',
    section: ['listing secrets', 'listing-secrets'],
    resources: ['secrets'],
    verbs: ['get', 'list', 'watch'],
    unlessNamed: true,
    says: 'reads every Secret',
    fix: 'allow get alone, and name the Secrets in resourceNames',
  },
  {
    id: 'RoleRunsCommands',
    severity: 'medium',
    reason: 'a shell in a container has its Secrets and its account',
    section: ['least privilege', 'least-privilege'],
    resources: ['pods/exec', 'pods/attach', 'pods/ephemeralcontainers'],
    verbs: ['get', 'create', 'update', 'patch'],
    unlessNamed: false,
    says: 'runs commands in containers of others',
    fix: 'remove these resources; people can be given them for the time of an incident',
  },
  {
    id: 'RoleChangesAdmission',
    severity: 'medium',
    reason: 'such a webhook reads and changes every object that is written',
    cis: '5.1.12',
    section: ['control admission webhooks', 'control-admission-webhooks'],
    resources: ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations'],
    verbs: ['create', 'update', 'patch'],
    unlessNamed: true,
    says: 'changes admission webhooks',
    fix: 'allow update and patch alone, and name the configurations in resourceNames',
  },
  {
    id: 'RoleCreatesVolumes',
    severity: 'medium',
    reason: 'a PersistentVolume can be any directory of a node',
    cis: '5.1.9',
    section: ['persistent volume creation', 'persistent-volume-creation'],
    resources: ['persistentvolumes'],
    verbs: ['create'],
    unlessNamed: false,
    says: 'creates PersistentVolumes',
    fix: 'leave that to the provisioner, and make PersistentVolumeClaims',
  },
  {
    id: 'RoleCreatesWorkloads',
    severity: 'low',
    reason: 'a Pod may use any Secret and any account of its namespace',
    cis: '5.1.4',
    section: ['workload creation', 'workload-creation'],
    resources: ['pods', 'deployments', 'statefulsets', 'daemonsets', 'replicasets', 'jobs', 'cronjobs'],
    verbs: ['create'],
    unlessNamed: false,
    says: 'creates Pods, by themselves or by what makes them',
    fix: 'keep it to a namespace of its own that enforces a Pod Security Standard, or remove create',
  },
];

export const powerRules: readonly ObjectRule[] = powers.map(
  ({ id, severity, reason, cis, section: [title, anchor], fix, says, ...power }) => ({
    id,
    severity,
    category: 'access',
    reason,
    ...(cis === undefined ? {} : { cis }),
    source: documented(`RBAC good practices: ${title}`, `concepts/security/rbac-good-practices/#${anchor}`),
    kinds: roleKinds,
    check: (role) =>
      grantsOf(role)
        .filter((grant) => !hasWildcard(grant) && has(grant, power))
        .map(({ path }) => ({
          fieldPath: path,
          text: `Rule ${path} of the ${role.kind} ${says}.`,
          fix: `Narrow ${path}: ${fix}.`,
        })),
  }),
);

function has(
  { resources, verbs, isNamed }: Grant,
  power: Pick<Power, 'resources' | 'verbs' | 'unlessNamed'>,
): boolean {
  return (
    power.resources.some((resource) => isAmong(resource, resources)) &&
    power.verbs.some((verb) => verbs.includes(verb)) &&
    !(power.unlessNamed && isNamed)
  );
}

/** A star before the slash is the subresource of every resource. */
function isAmong(resource: string, listed: readonly string[]): boolean {
  const slash = resource.indexOf('/');
  return listed.includes(resource) || (slash >= 0 && listed.includes(`*${resource.slice(slash)}`));
}
