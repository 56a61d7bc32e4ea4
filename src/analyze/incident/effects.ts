/** Problems that say how an object does, which others can explain. What is wrong in an object itself is its own cause. */
export const effects: ReadonlySet<string> = new Set([
  'ReplicasUnavailable',
  'RolloutStalled',
  'FailedCreate',
  'JobFailed',
  'JobPodsFailing',
  'NoEndpoints',
  'EndpointsNotReady',
  'BackendNotReady',
  'WebhookWithoutPods',
  'WebhookReceiverInactive',
  'Unschedulable',
  'FailedMount',
  'FailedCreatePodSandBox',
  'Unhealthy',
  'InitContainerRunning',
  'TerminationStuck',
  'Evicted',
  // A registry that refuses, where the Secret for it is missing.
  'ErrImagePull',
  'ImagePullBackOff',
  // Pods that are not ready have no metrics.
  'ScalingInactive',
  'MetricsUnknown',
  'GatewayNotAccepted',
  'GatewayNotProgrammed',
  'ClusterExtensionNotInstalled',
  'ClusterExtensionNotProgressing',
  'OperatorNotInstalled',
  'CatalogSourcesUnhealthy',
  'ResolutionFailed',
  'BundleUnpackFailed',
  'InstallPlanFailed',
  'SubscriptionBehind',
]);

const down = ['CrashLoopBackOff', 'ContainerFailed', 'OOMKilled', 'Unhealthy'];

/** Problems of the same object, and of the same container, that explain one or belong to it, where no other object does. */
export const ownCauses: ReadonlyMap<string, readonly string[]> = new Map([
  ['ReplicasUnavailable', ['RolloutStalled', 'StorageClassMissing']],
  ['ClusterCatalogNotServing', ['ClusterCatalogNotProgressing']],
  ['ClusterExtensionNotInstalled', ['ClusterExtensionNotProgressing']],
  // What a container says before it ends stands with that it ends.
  ['FatalInLog', down],
  ['ErrorInLog', down],
]);
