/** Why a check of another tool has no rule here. */
export type Reason =
  | 'convention'
  | 'written-default'
  | 'depends'
  | 'set-later'
  | 'given-elsewhere'
  | 'refused-by-server'
  | 'pull-always'
  | 'secret-reference'
  | 'missed-runs'
  | 'other-kind';

export const reasons: Readonly<Record<Reason, string>> = {
  convention: 'A convention of one team. Who has it checks it with a policy of their own.',
  'written-default': 'It asks for what holds without being written, or for a field that says nothing more.',
  depends: 'What is right depends on the program: a number or a wish that most do not need.',
  'set-later': 'Who applies the manifest decides it: kubectl, a chart or a pipeline names the namespace.',
  'given-elsewhere': 'What is missed is mostly in another manifest. On a cluster `sluice analyze` knows.',
  'refused-by-server': 'The API server refuses such an object, so nothing runs that could be unsafe.',
  'pull-always':
    'With it every start needs the registry. A digest makes the image certain, and ImageNotPinned asks for that.',
  'secret-reference':
    'A reference to a Secret shows no secret. What stands in plain text is told by SecretInEnv.',
  'missed-runs':
    'The controller goes on after missed runs; a deadline that is too short skips runs silently.',
  'other-kind': 'It is about a kind that an add-on brings.',
};

/** Why one of our rules, by its id, says nothing in some places where a check that asks for the same does. */
export const silences: Readonly<Record<string, string>> = {
  AutoscalerMinimumOne: 'Two replicas outlive one node; three are a matter of taste.',
  HostPort: 'With the network of the node every port is one of its ports, and HostNetwork tells that.',
  NoCpuRequest: 'Where only the limit is written, the API server makes it the request.',
  NoDisruptionBudget:
    'A budget for a single replica could only block every drain. A manifest that is given alone is not judged by what is not there.',
  NoLivenessProbe: 'A Job, or a Pod that is not restarted, ends by itself.',
  NoMemoryLimit: 'Where only the limit is written, the API server makes it the request.',
  NoNetworkPolicy:
    'Policies do not reach Pods in the network of their node. A manifest that is given alone is not judged by what is not there.',
  NoReadinessProbe: 'A Job, or a Pod that is not restarted, gets no requests.',
  PrivilegeEscalationAllowed: 'Windows does not know it.',
  ProbePortNameUnknown: 'A number need not stand among the ports of a container: these only inform.',
  ProbesIdentical:
    'The two differ in their port, one of which has no such name: ProbePortNameUnknown tells that.',
  RecreateStrategy:
    'A rolling update is the default. Recreate is what a volume needs that one Pod alone may hold.',
  ReplicasNotSpread:
    'One replica, or one on each node, has nothing to spread. A manifest that is given alone is not judged by what is not there.',
  RootNotExcluded: 'Any user but root will do, however small its number.',
  ScratchSpaceUnbounded: 'Only where the program has an emptyDir of the node to fill.',
  SeccompUnset: 'Windows has no seccomp.',
  SingleReplica: 'Two replicas outlive one node; three are a matter of taste.',
  WritableRootFilesystem: 'Windows cannot make it read-only.',
  CapabilitiesNotDropped: 'Windows has no capabilities.',
};

export type Tool = 'kube-linter' | 'kube-score' | 'polaris';

/** What a check asks for, in our rules; or why nothing here asks for it. */
type Meaning = readonly string[] | Reason;

const powers = ['RoleGrantsEverything', 'RoleWildcardResources', 'RoleWildcardVerbs'];
const root = ['RootNotExcluded', 'RunsAsRoot', 'NonRootNotEnforced', 'RootInUserNamespace'];
const capabilities = [
  'CapabilitiesNotDropped',
  'CapabilityAdded',
  'DangerousCapabilities',
  'PrivilegedContainer',
];
const hostPaths = ['HostPathVolume', 'HostPathOfNode'];
const escalation = ['PrivilegeEscalationAllowed', 'PrivilegedContainer'];
const blocked = ['DisruptionBudgetBlocksAll', 'DisruptionBudgetAboveReplicas'];
const exec = ['RoleRunsCommands', ...powers];

/** Every check of each tool that has been seen. One that is not here is listed as unmapped. */
export const checkMap: Readonly<Record<Tool, Readonly<Record<string, Meaning>>>> = {
  'kube-linter': {
    'access-to-create-pods': ['RoleCreatesWorkloads', ...powers],
    'access-to-secrets': ['RoleReadsSecrets', ...powers],
    'cluster-admin-role-binding': ['ClusterAdminBound'],
    'dangling-horizontalpodautoscaler': ['AutoscalerTargetUnknown'],
    'dangling-ingress': ['IngressServiceUnknown'],
    'dangling-networkpolicy': ['NetworkPolicySelectsNothing'],
    'dangling-networkpolicypeer-podselector': 'given-elsewhere',
    'dangling-service': ['ServiceSelectsNothing'],
    'dangling-servicemonitor': 'other-kind',
    'default-service-account': ['ServiceAccountTokenMounted', 'BoundToDefaultAccount'],
    'deprecated-service-account-field': 'written-default',
    'dnsconfig-options': 'depends',
    'docker-sock': ['HostPathOfNode'],
    'drop-net-raw-capability': capabilities,
    'duplicate-env-var': ['DuplicateEnv'],
    'env-var-secret': ['SecretInEnv'],
    'exposed-services': ['ServiceNodePort', 'LoadBalancerOpen'],
    'host-ipc': ['HostIpc'],
    'host-network': ['HostNetwork'],
    'host-pid': ['HostPid'],
    'hpa-minimum-three-replicas': ['AutoscalerMinimumOne'],
    'invalid-target-ports': 'refused-by-server',
    'job-ttl-seconds-after-finished': ['JobNeverCleanedUp'],
    'latest-tag': ['ImageTagMutable'],
    'liveness-port': ['ProbePortNameUnknown'],
    'minimum-three-replicas': ['SingleReplica'],
    'mismatching-selector': ['SelectorMismatch'],
    'no-anti-affinity': ['ReplicasNotSpread'],
    'no-extensions-v1beta': ['ApiVersionRemoved'],
    'no-liveness-probe': ['NoLivenessProbe'],
    'no-node-affinity': 'depends',
    'no-read-only-root-fs': ['WritableRootFilesystem'],
    'no-readiness-probe': ['NoReadinessProbe'],
    'no-rolling-update-strategy': ['RecreateStrategy', 'RolloutTakesAll'],
    'non-existent-service-account': 'given-elsewhere',
    'non-isolated-pod': ['NoNetworkPolicy'],
    'pdb-max-unavailable': blocked,
    'pdb-min-available': blocked,
    'pdb-unhealthy-pod-eviction-policy': ['UnhealthyPodsBlockDrain'],
    'privilege-escalation-container': escalation,
    'privileged-container': ['PrivilegedContainer'],
    'privileged-ports': 'depends',
    'read-secret-from-env-var': 'secret-reference',
    'readiness-port': ['ProbePortNameUnknown'],
    'required-annotation-email': 'convention',
    'required-label-owner': 'convention',
    'run-as-non-root': root,
    'scc-deny-privileged-container': 'other-kind',
    'sensitive-host-mounts': ['HostPathOfNode'],
    'ssh-port': ['SshPort'],
    'startup-port': ['ProbePortNameUnknown'],
    'unsafe-proc-mount': ['ProcMountUnmasked', 'ProcMountUnmaskedInUserNamespace'],
    'unsafe-sysctls': ['UnsafeSysctl'],
    'unset-cpu-requirements': ['NoCpuRequest', 'NoCpuLimit'],
    'unset-memory-requirements': ['NoMemoryLimit'],
    'use-namespace': 'set-later',
    'wildcard-in-rules': powers,
    'writable-host-mount': hostPaths,
  },
  'kube-score': {
    'container-cpu-requests-equal-limits': 'depends',
    'container-ephemeral-storage-request-and-limit': ['ScratchSpaceUnbounded'],
    'container-ephemeral-storage-request-equals-limit': 'depends',
    'container-image-pull-policy': 'pull-always',
    'container-image-tag': ['ImageTagMutable'],
    'container-memory-requests-equal-limits': 'depends',
    'container-ports-check': ['ContainerPortTwice'],
    'container-resource-requests-equal-limits': 'depends',
    'container-resources': ['NoMemoryLimit', 'NoCpuRequest', 'NoCpuLimit'],
    'container-seccomp-profile': ['SeccompUnset', 'SeccompUnconfined', 'PrivilegedContainer'],
    'container-security-context-privileged': ['PrivilegedContainer'],
    'container-security-context-readonlyrootfilesystem': ['WritableRootFilesystem'],
    'container-security-context-user-group-id': root,
    'cronjob-has-deadline': 'missed-runs',
    'cronjob-restartpolicy': ['JobRestartPolicyInvalid'],
    'deployment-has-host-podantiaffinity': ['ReplicasNotSpread'],
    'deployment-has-poddisruptionbudget': ['NoDisruptionBudget'],
    'deployment-pod-selector-labels-match-template-metadata-labels': ['SelectorMismatch'],
    'deployment-replicas': ['SingleReplica'],
    'deployment-strategy': ['RecreateStrategy'],
    'deployment-targeted-by-hpa-does-not-have-replicas-configured': ['ReplicasFightAutoscaler'],
    'environment-variable-key-duplication': ['DuplicateEnv'],
    'horizontalpodautoscaler-has-target': ['AutoscalerTargetUnknown'],
    'horizontalpodautoscaler-replicas': ['AutoscalerMinimumOne'],
    'ingress-targets-service': ['IngressServiceUnknown'],
    'label-values': 'refused-by-server',
    'networkpolicy-targets-pod': ['NetworkPolicySelectsNothing'],
    'pod-networkpolicy': ['NoNetworkPolicy', 'EgressUnrestricted'],
    'pod-probes': ['NoReadinessProbe', 'NoLivenessProbe'],
    'pod-probes-identical': ['ProbesIdentical'],
    'pod-topology-spread-constraints': ['ReplicasNotSpread'],
    'poddisruptionbudget-has-policy': blocked,
    'service-targets-pod': ['ServiceSelectsNothing'],
    'service-type': ['ServiceNodePort'],
    'stable-version': ['ApiVersionRemoved'],
    'statefulset-has-host-podantiaffinity': ['ReplicasNotSpread'],
    'statefulset-has-poddisruptionbudget': ['NoDisruptionBudget'],
    'statefulset-has-servicename': ['StatefulSetServiceUnknown'],
    'statefulset-pod-selector-labels-match-template-metadata-labels': ['SelectorMismatch'],
  },
  polaris: {
    automountServiceAccountToken: ['ServiceAccountTokenMounted'],
    clusterrolePodExecAttach: exec,
    clusterrolebindingClusterAdmin: ['ClusterAdminBound', 'RoleGrantsEverything'],
    clusterrolebindingPodExecAttach: [...exec, 'ClusterAdminBound'],
    cpuLimitsMissing: ['NoCpuLimit', 'NoCpuRequest'],
    cpuRequestsMissing: ['NoCpuRequest'],
    dangerousCapabilities: ['DangerousCapabilities', 'PrivilegedContainer'],
    deploymentMissingReplicas: ['SingleReplica'],
    hostIPCSet: ['HostIpc'],
    hostNetworkSet: ['HostNetwork'],
    hostPIDSet: ['HostPid'],
    hostPathSet: hostPaths,
    hostPortSet: ['HostPort'],
    hostProcess: ['HostProcessContainer'],
    hpaMaxAvailability: ['AutoscalerFixed'],
    hpaMinAvailability: ['AutoscalerMinimumOne'],
    insecureCapabilities: capabilities,
    linuxHardening: [...capabilities, 'SeccompUnset', 'AppArmorUnconfined'],
    livenessProbeMissing: ['NoLivenessProbe'],
    memoryLimitsMissing: ['NoMemoryLimit'],
    memoryRequestsMissing: ['NoMemoryLimit'],
    metadataAndInstanceMismatched: 'convention',
    missingNetworkPolicy: ['NoNetworkPolicy'],
    missingPodDisruptionBudget: ['NoDisruptionBudget'],
    notReadOnlyRootFilesystem: ['WritableRootFilesystem'],
    pdbDisruptionsIsZero: blocked,
    pdbMinAvailableGreaterThanHPAMinReplicas: blocked,
    priorityClassNotSet: 'depends',
    privilegeEscalationAllowed: escalation,
    procMount: ['ProcMountUnmasked', 'ProcMountUnmaskedInUserNamespace'],
    pullPolicyNotAlways: 'pull-always',
    readinessProbeMissing: ['NoReadinessProbe'],
    rolePodExecAttach: exec,
    rolebindingClusterAdminClusterRole: ['ClusterAdminBound'],
    rolebindingClusterAdminRole: powers,
    rolebindingClusterRolePodExecAttach: exec,
    rolebindingRolePodExecAttach: exec,
    runAsPrivileged: ['PrivilegedContainer'],
    runAsRootAllowed: root,
    sensitiveConfigmapContent: ['SecretInConfigMap'],
    sensitiveContainerEnvVar: ['SecretInEnv'],
    tagNotSpecified: ['ImageTagMutable'],
    tlsSettingsMissing: ['IngressWithoutTls'],
    topologySpreadConstraint: ['ReplicasNotSpread'],
  },
};
