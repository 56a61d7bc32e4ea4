import type { WorkloadRule } from './rule.ts';
import { sshPort } from './exposure/ssh-port.ts';
import { imageNameInvalid } from './images/image-name.ts';
import { imageNotPinned, mutableTag } from './images/image-tag.ts';
import { imagePullNever } from './images/pull-policy.ts';
import { appArmorUnconfined } from './pod-security/app-armor.ts';
import {
  capabilitiesNotDropped,
  capabilityAdded,
  dangerousCapabilities,
} from './pod-security/capabilities.ts';
import { hostIpc, hostNetwork, hostPid } from './pod-security/host-namespaces.ts';
import { hostPath, hostPathNode } from './pod-security/host-path.ts';
import { hostPort } from './pod-security/host-ports.ts';
import { probeOfOtherHost } from './pod-security/host-probes.ts';
import { hostProcess, privilegeEscalation, privileged } from './pod-security/privileges.ts';
import { procUnmasked, procUnmaskedInUserNamespace } from './pod-security/proc-mount.ts';
import { writableRootFilesystem } from './pod-security/root-filesystem.ts';
import {
  nonRootNotEnforced,
  rootInUserNamespace,
  rootNotExcluded,
  runsAsRoot,
} from './pod-security/root-user.ts';
import { seLinuxOptions } from './pod-security/se-linux.ts';
import { seccompUnconfined, seccompUnset } from './pod-security/seccomp.ts';
import { unsafeSysctl } from './pod-security/sysctls.ts';
import { volumeType } from './pod-security/volume-types.ts';
import { duplicateEnv, portTwice } from './reliability/duplicates.ts';
import { cronJobOverlap, jobKept, jobRestartPolicy } from './reliability/jobs.ts';
import { memoryUnit } from './reliability/memory-unit.ts';
import { nakedPod } from './reliability/naked-pod.ts';
import { nodeNamePinned } from './reliability/node-name.ts';
import { probePortUnknown } from './reliability/probe-ports.ts';
import { probesIdentical } from './reliability/probes-identical.ts';
import { noLivenessProbe, noReadinessProbe } from './reliability/probes.ts';
import { singleReplica } from './reliability/replicas.ts';
import { requestAboveLimit } from './reliability/request-above-limit.ts';
import { noCpuLimit, noCpuRequest, noMemoryLimit } from './reliability/resources.ts';
import { memoryVolumeUnbounded, scratchUnbounded } from './reliability/scratch-space.ts';
import { selectorMismatch } from './reliability/selector.ts';
import { noRollbackHistory, recreate, rolloutTakesAll } from './reliability/strategy.ts';
import { noGracePeriod } from './reliability/termination.ts';
import { secretsInArguments } from './secrets/secrets-in-arguments.ts';
import { secretsInEnv } from './secrets/secrets-in-env.ts';
import { serviceAccountToken } from './secrets/service-account-token.ts';

/** What is asked of everything that runs Pods; within one severity the most important first. */
export const workloadRules: readonly WorkloadRule[] = [
  imageNameInvalid,
  selectorMismatch,
  requestAboveLimit,
  jobRestartPolicy,
  privileged,
  hostProcess,
  hostPathNode,
  hostPath,
  hostNetwork,
  hostPid,
  hostIpc,
  dangerousCapabilities,
  unsafeSysctl,
  procUnmasked,
  runsAsRoot,
  secretsInEnv,
  secretsInArguments,
  memoryUnit,
  probePortUnknown,
  rootNotExcluded,
  privilegeEscalation,
  seccompUnconfined,
  appArmorUnconfined,
  seLinuxOptions,
  hostPort,
  probeOfOtherHost,
  seccompUnset,
  capabilitiesNotDropped,
  capabilityAdded,
  procUnmaskedInUserNamespace,
  volumeType,
  nonRootNotEnforced,
  rootInUserNamespace,
  writableRootFilesystem,
  serviceAccountToken,
  mutableTag,
  imageNotPinned,
  imagePullNever,
  noMemoryLimit,
  noCpuRequest,
  noCpuLimit,
  noReadinessProbe,
  noLivenessProbe,
  recreate,
  rolloutTakesAll,
  noGracePeriod,
  nodeNamePinned,
  portTwice,
  singleReplica,
  nakedPod,
  noRollbackHistory,
  cronJobOverlap,
  memoryVolumeUnbounded,
  duplicateEnv,
  sshPort,
  probesIdentical,
  scratchUnbounded,
  jobKept,
];
