/** How a kind is called, by people and in URLs. */
export interface KindName {
  /** Such as `apps/v1`: the version to ask for. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

export interface KnownKind extends KindName {
  /** Lower-case plural, as in URLs. */
  readonly plural: string;
  readonly shortNames: readonly string[];
}

/**
 * The kind that a person means by a singular, plural or short name in any case; `NAME.GROUP`, such as `deployments.apps`,
 * chooses among groups. Undefined for a name that is in no table.
 */
export function resolveKind(text: string): KindName | undefined {
  const wanted = text.trim().toLowerCase();
  const dot = wanted.indexOf('.');
  const name = dot < 0 ? wanted : wanted.slice(0, dot);
  const group = dot < 0 ? undefined : wanted.slice(dot + 1);
  const found = knownKinds.find(
    (each) =>
      (group === undefined || groupOf(each.apiVersion) === group) &&
      (each.plural === name || each.kind.toLowerCase() === name || each.shortNames.includes(name)),
  );
  return found && { apiVersion: found.apiVersion, kind: found.kind, namespaced: found.namespaced };
}

/** `apps` of `apps/v1`; '' is the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

export function findKnownKind(group: string, kind: string): KnownKind | undefined {
  return knownKinds.find((each) => each.kind === kind && groupOf(each.apiVersion) === group);
}

/** The kind as it is spelt, where the text differs in case alone; KubeVela's own step types say `pod`. */
export function spelledKind(apiVersion: string, kind: string): string {
  const wanted = kind.toLowerCase();
  const found = knownKinds.find(
    (each) => each.kind.toLowerCase() === wanted && groupOf(each.apiVersion) === groupOf(apiVersion),
  );
  return found?.kind ?? kind;
}

/** Whether the kind is known to have no namespace; a kind that is in no table is taken for a namespaced one. */
export function isNamespaced(apiVersion: string, kind: string): boolean {
  return findKnownKind(groupOf(apiVersion), kind)?.namespaced ?? true;
}

/** `deployments.apps`, as the API server names a kind in its messages. */
export function resourceOf(apiVersion: string, kind: string): string {
  const group = groupOf(apiVersion);
  const plural = findKnownKind(group, kind)?.plural ?? guessPlural(kind);
  return group === '' ? plural : `${plural}.${group}`;
}

/** As the API machinery guesses a plural: right for nearly every kind. */
export function guessPlural(kind: string): string {
  const lower = kind.toLowerCase();
  if (/(?:s|x|z|ch|sh)$/.test(lower)) return `${lower}es`;
  if (/[^aeiou]y$/.test(lower)) return `${lower.slice(0, -1)}ies`;
  return `${lower}s`;
}

type Row = readonly [apiVersion: string, kind: string, shortNames?: string];

// Where a short or plural name stands in several groups, the first row wins, as it does in kubectl.
const namespacedRows: readonly Row[] = [
  ['v1', 'Pod', 'po'],
  ['v1', 'Service', 'svc'],
  ['v1', 'ConfigMap', 'cm'],
  ['v1', 'Secret'],
  ['v1', 'Event', 'ev'],
  ['v1', 'Endpoints', 'ep'],
  ['v1', 'ServiceAccount', 'sa'],
  ['v1', 'PersistentVolumeClaim', 'pvc'],
  ['v1', 'ReplicationController', 'rc'],
  ['v1', 'ResourceQuota', 'quota'],
  ['v1', 'LimitRange', 'limits'],
  ['v1', 'PodTemplate'],
  ['apps/v1', 'Deployment', 'deploy'],
  ['apps/v1', 'ReplicaSet', 'rs'],
  ['apps/v1', 'StatefulSet', 'sts'],
  ['apps/v1', 'DaemonSet', 'ds'],
  ['apps/v1', 'ControllerRevision'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob', 'cj'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler', 'hpa'],
  ['networking.k8s.io/v1', 'Ingress', 'ing'],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'netpol'],
  ['policy/v1', 'PodDisruptionBudget', 'pdb'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['events.k8s.io/v1', 'Event', 'ev'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['coordination.k8s.io/v1', 'Lease'],
  ['storage.k8s.io/v1', 'CSIStorageCapacity'],
  ['resource.k8s.io/v1', 'ResourceClaim'],
  ['resource.k8s.io/v1', 'ResourceClaimTemplate'],
  ['core.oam.dev/v1alpha1', 'WorkflowRun', 'wr'],
  ['core.oam.dev/v1alpha1', 'Workflow', 'wf'],
  ['core.oam.dev/v1beta1', 'Application', 'app'],
  ['core.oam.dev/v1beta1', 'ApplicationRevision', 'apprev'],
  ['core.oam.dev/v1beta1', 'ComponentDefinition', 'comp'],
  ['core.oam.dev/v1beta1', 'TraitDefinition', 'trait'],
  ['core.oam.dev/v1beta1', 'PolicyDefinition', 'def-policy'],
  ['core.oam.dev/v1beta1', 'WorkflowStepDefinition', 'workflowstep'],
  ['core.oam.dev/v1beta1', 'WorkloadDefinition', 'workload'],
  ['core.oam.dev/v1alpha1', 'Policy'],
  ['cert-manager.io/v1', 'Certificate', 'cert certs'],
  ['cert-manager.io/v1', 'Issuer'],
  ['gateway.networking.k8s.io/v1', 'Gateway', 'gtw'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
];

const clusterRows: readonly Row[] = [
  ['v1', 'Namespace', 'ns'],
  ['v1', 'Node', 'no'],
  ['v1', 'PersistentVolume', 'pv'],
  ['v1', 'ComponentStatus', 'cs'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['storage.k8s.io/v1', 'StorageClass', 'sc'],
  ['storage.k8s.io/v1', 'CSIDriver'],
  ['storage.k8s.io/v1', 'CSINode'],
  ['storage.k8s.io/v1', 'VolumeAttachment'],
  ['storage.k8s.io/v1', 'VolumeAttributesClass', 'vac'],
  ['networking.k8s.io/v1', 'IngressClass'],
  ['networking.k8s.io/v1', 'IPAddress', 'ip'],
  ['networking.k8s.io/v1', 'ServiceCIDR'],
  ['scheduling.k8s.io/v1', 'PriorityClass', 'pc'],
  ['node.k8s.io/v1', 'RuntimeClass'],
  ['resource.k8s.io/v1', 'DeviceClass'],
  ['resource.k8s.io/v1', 'ResourceSlice'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'crd crds'],
  ['apiregistration.k8s.io/v1', 'APIService'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding'],
  ['admissionregistration.k8s.io/v1beta1', 'MutatingAdmissionPolicy'],
  ['admissionregistration.k8s.io/v1beta1', 'MutatingAdmissionPolicyBinding'],
  ['certificates.k8s.io/v1', 'CertificateSigningRequest', 'csr'],
  ['certificates.k8s.io/v1beta1', 'ClusterTrustBundle'],
  ['flowcontrol.apiserver.k8s.io/v1', 'FlowSchema'],
  ['flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration'],
  ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotClass', 'vsclass'],
  ['snapshot.storage.k8s.io/v1', 'VolumeSnapshotContent', 'vsc'],
  ['cert-manager.io/v1', 'ClusterIssuer'],
  ['gateway.networking.k8s.io/v1', 'GatewayClass', 'gc'],
  ['olm.operatorframework.io/v1', 'ClusterCatalog'],
  ['olm.operatorframework.io/v1', 'ClusterExtension'],
  ['wgpolicyk8s.io/v1alpha2', 'ClusterPolicyReport', 'cpolr'],
];

const irregularPlurals: Readonly<Record<string, string>> = {
  Endpoints: 'endpoints',
  ComponentStatus: 'componentstatuses',
};

const knownKinds: readonly KnownKind[] = [
  ...namespacedRows.map((row) => toKind(row, true)),
  ...clusterRows.map((row) => toKind(row, false)),
];

function toKind([apiVersion, kind, shortNames]: Row, namespaced: boolean): KnownKind {
  return {
    apiVersion,
    kind,
    namespaced,
    plural: irregularPlurals[kind] ?? guessPlural(kind),
    shortNames: shortNames?.split(' ') ?? [],
  };
}

/** Whether a kind of Kubernetes' own is written under a group of Kubernetes' own that does not have it, such as `v1` Deployment. */
export function isWrongGroup(apiVersion: string, kind: string): boolean {
  const group = groupOf(apiVersion);
  const ownGroups = knownKinds.map((each) => groupOf(each.apiVersion)).filter(isOwnGroup);
  return (
    (ownGroups.includes(group) || group === 'extensions') &&
    !knownKinds.some((each) => each.kind === kind && groupOf(each.apiVersion) === group) &&
    knownKinds.some((each) => each.kind === kind && isOwnGroup(groupOf(each.apiVersion)))
  );
}

/** Whether the API group comes with Kubernetes. */
export function isOwnGroup(group: string): boolean {
  return !group.includes('.') || /^(?:[a-z.]+\.)?k8s\.io$/.test(group);
}
