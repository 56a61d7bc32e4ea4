import { crdObjects } from '../../api/schema/crd/crd-objects.ts';
import { installationSecret } from '../../store/cluster/installation-key.ts';
import { modelsSecret } from '../models/secret-settings.ts';
import { webhookNames } from './names.ts';

/** One rule of RBAC, and what it is for. */
export interface Right {
  /** '' is Kubernetes' own. */
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** Absent: every object. */
  readonly names?: readonly string[];
  readonly why: string;
}

/**
 * What the controller may do itself, everywhere. What steps do to a cluster is no part of it: that happens in the name of
 * an account of the run's namespace. No wildcard, and no list of Secrets: whoever takes over the controller gets no further.
 */
export const clusterRights: readonly Right[] = [
  {
    group: 'core.oam.dev',
    resources: ['workflowruns'],
    verbs: ['get', 'list', 'watch', 'delete'],
    why: 'to see runs, and to delete those that have outlived `ttl` or the limits of history',
  },
  {
    group: 'core.oam.dev',
    resources: ['workflowruns/status'],
    verbs: ['get', 'update', 'patch'],
    why: 'to write how far a run is',
  },
  {
    group: 'core.oam.dev',
    resources: ['workflows'],
    verbs: ['get'],
    why: 'to read what `workflowRef` names',
  },
  {
    group: 'core.oam.dev',
    resources: ['workflowstepdefinitions'],
    verbs: ['get', 'list', 'watch'],
    why: 'to know the step types',
  },
  {
    group: 'cue.oam.dev',
    resources: ['packages'],
    verbs: ['get', 'list', 'watch'],
    why: 'to know the Packages that step types import',
  },
  {
    group: '',
    resources: ['events'],
    verbs: ['create', 'patch'],
    why: 'to tell what happened to a run',
  },
  {
    group: 'authorization.k8s.io',
    resources: ['selfsubjectaccessreviews'],
    verbs: ['create'],
    why: 'to ask whether a namespace is enabled',
  },
  {
    group: 'apiextensions.k8s.io',
    resources: ['customresourcedefinitions'],
    verbs: ['get'],
    names: crdObjects().map(({ metadata }) => metadata.name ?? ''),
    why: 'to check at start that the CRDs have the fields it needs',
  },
];

/** What the controller may do in its own namespace. */
export const ownRights: readonly Right[] = [
  {
    group: 'coordination.k8s.io',
    resources: ['leases'],
    verbs: ['get', 'list', 'create', 'update'],
    why: 'to be the only one that drives a run',
  },
  {
    group: '',
    resources: ['configmaps'],
    verbs: ['get', 'list', 'create', 'update', 'delete'],
    why: 'to keep the revisions of step types that runs have begun with, and to count what models were paid',
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get'],
    names: [modelsSecret, installationSecret],
    why: 'to read the servers of models with their keys, and the key that verdicts are signed with',
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['create'],
    why: 'to make the key that verdicts are signed with: a name cannot be asked for here',
  },
];

/** What the controller may do in `vela-system`, which is its own namespace unless the chart puts it elsewhere. */
export const systemRights: readonly Right[] = [
  {
    group: 'coordination.k8s.io',
    resources: ['leases'],
    verbs: ['get', 'list'],
    why: "to see whether KubeVela's controller works on the same cluster",
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get'],
    why: 'to read the credentials of a joined cluster, by its name',
  },
];

/** Beside the others, in its own namespace, where the controller signs the certificate of its webhook. */
export const webhookOwnRights: readonly Right[] = [
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get', 'update'],
    names: [webhookNames.certificate],
    why: 'to share and renew the certificate',
  },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['create'],
    why: 'to make it: a name cannot be asked for here',
  },
];

/** The same, for the whole cluster. */
export const webhookClusterRights: readonly Right[] = [
  {
    group: 'admissionregistration.k8s.io',
    resources: ['validatingwebhookconfigurations'],
    verbs: ['get', 'patch'],
    names: [webhookNames.configuration],
    why: 'to have API servers trust the certificate',
  },
];

/** In an enabled namespace, for what runs keep there. */
export const keptRights: readonly Right[] = [
  {
    group: '',
    resources: ['configmaps', 'secrets'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
    why: 'to keep what of a run is too long or too secret for its status, in objects that the run owns, and verdicts of gates; to read the servers of models that the namespace has set up',
  },
];

/** To act as these accounts of a namespace, and as no others. */
export function actingRight(accounts: readonly string[]): Right {
  return {
    group: '',
    resources: ['serviceaccounts'],
    verbs: ['impersonate'],
    names: accounts,
    why: 'to carry out what steps do in the name of these accounts, and of no others',
  };
}

/** What the controller may do in an enabled namespace, where runs may act as the `accounts`. */
export function enabledRights(accounts: readonly string[]): readonly Right[] {
  return [actingRight(accounts), ...keptRights];
}

const change = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] as const;
const look = ['get', 'list', 'watch'] as const;

/** What steps may usually do in their namespace: deploy, and look at what became of it. */
export const runnerRights: readonly Right[] = [
  {
    group: 'apps',
    resources: ['deployments', 'statefulsets', 'daemonsets'],
    verbs: change,
    why: 'to deploy, and to wait until it is ready',
  },
  { group: 'batch', resources: ['jobs', 'cronjobs'], verbs: change, why: 'to run jobs to their end' },
  {
    group: '',
    resources: ['services', 'configmaps', 'persistentvolumeclaims'],
    verbs: change,
    why: 'what a workload needs beside itself',
  },
  { group: 'networking.k8s.io', resources: ['ingresses'], verbs: change, why: 'to make it reachable' },
  {
    group: '',
    resources: ['secrets'],
    verbs: ['get', 'create', 'update', 'patch', 'delete'],
    why: 'to read tokens that a step names, to mask what programs repeat of them, and to write `export2secret`',
  },
  {
    group: 'apps',
    resources: ['replicasets'],
    verbs: look,
    why: 'to find out why a Deployment is not ready',
  },
  {
    group: '',
    resources: ['pods', 'pods/log', 'events'],
    verbs: look,
    why: 'the same, and to give a model the end of a log, masked',
  },
  {
    group: 'discovery.k8s.io',
    resources: ['endpointslices'],
    verbs: look,
    why: 'to find out which Pods are behind a Service',
  },
  ...(
    [
      ['networking.k8s.io', 'networkpolicies'],
      ['policy', 'poddisruptionbudgets'],
      ['autoscaling', 'horizontalpodautoscalers'],
      ['', 'serviceaccounts'],
      ['', 'replicationcontrollers'],
    ] as const
  ).map(([group, resource]) => ({
    group,
    resources: [resource],
    verbs: look,
    why: 'to audit a workload by what is around it',
  })),
];
