import type { WorkloadRule } from './rule.ts';
import { imageNameInvalid } from './images/image-name.ts';
import { imageNotPinned, mutableTag } from './images/image-tag.ts';
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
import { seccompUnconfined, seccompUnset } from './pod-security/seccomp.ts';
import { seLinuxOptions } from './pod-security/se-linux.ts';
import { unsafeSysctl } from './pod-security/sysctls.ts';
import { volumeType } from './pod-security/volume-types.ts';
import { noLivenessProbe, noReadinessProbe } from './reliability/probes.ts';
import { singleReplica } from './reliability/replicas.ts';
import { noCpuLimit, noCpuRequest, noMemoryLimit } from './reliability/resources.ts';
import { secretsInEnv } from './secrets/secrets-in-env.ts';
import { serviceAccountToken } from './secrets/service-account-token.ts';

/** What is asked of everything that runs Pods; within one severity the most important first. */
export const workloadRules: readonly WorkloadRule[] = [
  imageNameInvalid,
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
  noMemoryLimit,
  noCpuRequest,
  noCpuLimit,
  noReadinessProbe,
  noLivenessProbe,
  singleReplica,
];
