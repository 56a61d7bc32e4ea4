import type { KubeObject } from '../../../api/kube-object.ts';
import { auditObject } from '../../audit.ts';
import { isAtLeast, type Finding } from '../../finding.ts';
import { flagAt, objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { workloadOf } from '../../pod-template.ts';
import type { Problem } from '../analyzer.ts';
import type { SnapshotKind } from '../kinds.ts';
import type { Look } from '../look.ts';

/** What holds for a workload holds for all its Pods: it is told once, of the topmost owner that is known. */
export function workloadProblems(look: Look): readonly Problem[] {
  if (isToldOfOwner(look)) return [];
  const audit = auditObject(look.object);
  if (audit.kind !== 'audited') return [];
  const pod = look.object.kind === 'Pod' ? look.object : look.ownPods()[0];
  const found = audit.findings.filter(
    ({ category, severity }) => categories.has(category) && isAtLeast(severity, 'high'),
  );
  const problems = found.map((finding) => toProblem(finding, pod));
  return found.length === 0 && hasNoContext(look.object) ? [contextMissing(pod)] : problems;
}

/** How well a workload is isolated; what else it should have is for an audit. */
const categories: ReadonlySet<Finding['category']> = new Set(['isolation', 'secrets'] as const);

const owners: readonly SnapshotKind[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
];

function isToldOfOwner(look: Look): boolean {
  const owner = objectsAt(look.object, 'metadata', 'ownerReferences').find(
    (each) => flagAt(each, 'controller') === true,
  );
  if (owner === undefined) return false;
  const kind = owners.find((each) => each === textAt(owner, 'kind'));
  if (kind !== undefined && typeof look.find(kind, look.namespace, textAt(owner, 'name')) === 'object')
    return true;
  // Of an owner that is not known the first of its objects stands for all.
  const siblings = look.alsoOwnedBy(textAt(owner, 'uid'));
  return siblings.length > 0 && siblings[0] !== look.object;
}

function toProblem({ object: _object, ...finding }: Finding, pod: KubeObject | undefined): Problem {
  if (finding.id !== 'PrivilegedContainer' || pod === undefined) return finding;
  const name = textAt(pod, 'metadata', 'name');
  return {
    ...finding,
    k8sgpt: peer(
      pod,
      `Container ${finding.container ?? ''} in pod ${name} is running as privileged which poses security risks`,
    ),
  };
}

/** In a manifest: the API server writes an empty one, and what an empty one leaves open is for an audit. */
function hasNoContext(object: KubeObject): boolean {
  if (Object.keys(objectAt(object, 'status')).length > 0) return false;
  const workload = workloadOf(object);
  const specs = [workload?.podSpec, ...(workload?.containers ?? []).map(({ spec }) => spec)];
  return specs.every((spec) => Object.keys(objectAt(spec, 'securityContext')).length === 0);
}

function contextMissing(pod: KubeObject | undefined): Problem {
  return {
    id: 'NoSecurityContext',
    severity: 'low',
    category: 'isolation',
    text: 'Nothing is said of the user that the containers run as, nor of what they may do.',
    fix: 'Set securityContext of the Pod and its containers, as the restricted Pod Security Standard asks.',
    ...(pod === undefined
      ? {}
      : {
          k8sgpt: peer(
            pod,
            `Pod ${textAt(pod, 'metadata', 'name')} does not have a security context defined which may pose security risks`,
          ),
        }),
  };
}

/** Under the name of the first of the Pods, where scripts look for it. */
function peer(pod: KubeObject, text: string): NonNullable<Problem['k8sgpt']> {
  const name = `${textAt(pod, 'metadata', 'namespace')}/${textAt(pod, 'metadata', 'name')}`;
  return { text, kind: 'Security/Pod', name };
}
