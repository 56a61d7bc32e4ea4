import type { KubeObject } from '../api/kube-object.ts';
import type { Finding } from './finding.ts';
import type { AuditRule } from './rules/rule.ts';
import { compareSeverity } from './finding.ts';
import { refOf } from './object-name.ts';
import { workloadOf } from './pod-template.ts';
import { capabilitiesNotDropped, dangerousCapabilities } from './rules/capabilities.ts';
import { hostIpc, hostNetwork, hostPid } from './rules/host-namespaces.ts';
import { hostPath, hostPathNode } from './rules/host-path.ts';
import { imageNameInvalid } from './rules/image-name.ts';
import { imageNotPinned, mutableTag } from './rules/image-tag.ts';
import { noLivenessProbe, noReadinessProbe } from './rules/probes.ts';
import { privilegeEscalation, privileged } from './rules/privileges.ts';
import { singleReplica } from './rules/replicas.ts';
import { noCpuLimit, noCpuRequest, noMemoryLimit } from './rules/resources.ts';
import { writableRootFilesystem } from './rules/root-filesystem.ts';
import { rootNotExcluded, runsAsRoot } from './rules/root-user.ts';
import { seccompUnconfined, seccompUnset } from './rules/seccomp.ts';
import { secretsInEnv } from './rules/secrets-in-env.ts';
import { serviceAccountToken } from './rules/service-account-token.ts';

/** All audit rules, within one severity the most important first; no two report one cause. */
export const auditRules: readonly AuditRule[] = [
  imageNameInvalid,
  privileged,
  hostPathNode,
  hostPath,
  hostNetwork,
  hostPid,
  hostIpc,
  dangerousCapabilities,
  runsAsRoot,
  secretsInEnv,
  rootNotExcluded,
  privilegeEscalation,
  seccompUnconfined,
  seccompUnset,
  capabilitiesNotDropped,
  writableRootFilesystem,
  serviceAccountToken,
  mutableTag,
  imageNotPinned,
  noMemoryLimit,
  noCpuRequest,
  noCpuLimit,
  noReadinessProbe,
  noLivenessProbe,
  singleReplica,
];

export type Audit =
  /** Worst first, within one severity in the order of `auditRules`. */
  | { readonly kind: 'audited'; readonly findings: readonly Finding[] }
  /** No rule knows such an object, which is not the same as being sound. */
  | { readonly kind: 'notCovered'; readonly reason: string };

/** Judges an object as it is written. `cluster` is where it was seen, '' if nowhere. */
export function auditObject(object: KubeObject, cluster: string = ''): Audit {
  const workload = workloadOf(object);
  if (workload === undefined) {
    return {
      kind: 'notCovered',
      reason: 'it has no Pod template with containers, and the audit rules judge those',
    };
  }
  const ref = refOf(object, cluster);
  const findings = auditRules.flatMap((rule) =>
    rule.check(workload).map((hit): Finding => ({
      id: rule.id,
      severity: rule.severity,
      category: rule.category,
      object: ref,
      evidence: [],
      ...hit,
    })),
  );
  return { kind: 'audited', findings: findings.toSorted(compareSeverity) };
}
