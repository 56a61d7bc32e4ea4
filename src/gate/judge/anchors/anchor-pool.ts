import type { JsonObject } from '../../../api/json.ts';

/** A question, and how a container or its Pod must differ for the answer to be yes or no. */
export interface AnchorTopic {
  readonly question: string;
  readonly yes: PodParts;
  readonly no: PodParts;
}

/** Fields that replace those of a sound workload; `undefined` takes one away. */
export interface PodParts {
  readonly container?: Readonly<Record<string, JsonObject | string | undefined>>;
  readonly pod?: JsonObject;
}

/** Each is plain from one field of the object, so that a judge who reads the evidence cannot miss it. */
export const anchorTopics: readonly [AnchorTopic, ...AnchorTopic[]] = [
  {
    question: 'Does every container set a memory limit?',
    yes: {},
    no: { container: { resources: undefined } },
  },
  {
    question: 'Does every container have a readiness probe?',
    yes: {},
    no: { container: { readinessProbe: undefined } },
  },
  {
    question: 'Does every container run without privileged mode?',
    yes: {},
    no: { container: { securityContext: { privileged: true } } },
  },
  {
    question: 'Does every image have a tag other than latest, or a digest?',
    yes: {},
    no: { container: { image: 'nginx:latest' } },
  },
  {
    question: 'Does every container run as a user other than root?',
    yes: {},
    no: { pod: { securityContext: { runAsUser: 0 } } },
  },
  {
    question: 'Do the Pods stay out of the network of their node?',
    yes: {},
    no: { pod: { hostNetwork: true } },
  },
];

/** Names that a workload of the evidence might have as well. */
export const anchorNames: readonly [string, ...string[]] = [
  'web',
  'api',
  'worker',
  'checkout',
  'billing',
  'search',
  'gateway',
  'reports',
];

export const anchorNamespaces: readonly [string, ...string[]] = [
  'default',
  'shop',
  'team-a',
  'platform',
  'prod',
];
