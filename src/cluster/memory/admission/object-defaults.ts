import type { JsonObject } from '../../../api/json.ts';
import { groupOf } from '../../known-kinds.ts';
import { isBuiltIn } from '../apply/field-shape.ts';
import { numberAt, objectAt, textAt, valueAt } from '../../json-reading.ts';
import { podSpecDefaults, runningPodDefaults } from './pod-defaults.ts';
import { serviceDefaults } from './service-defaults.ts';
import { mapField, withDefaults, withoutNulls } from './set-defaults.ts';

/** The object as the API server stores it: defaults filled in, as far as readers and rules rely on them. Done twice it changes nothing. */
export function objectDefaults(object: JsonObject): JsonObject {
  const apiVersion = textAt(object, 'apiVersion');
  if (!isBuiltIn(apiVersion)) return object;
  const plain = withoutNulls(object);
  const change = defaultsOf[`${groupOf(apiVersion)}/${textAt(object, 'kind')}`];
  return change === undefined ? plain : change(plain);
}

const defaultsOf: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  '/Pod': (pod) => mapField(pod, 'spec', (spec) => runningPodDefaults(podSpecDefaults(spec))),
  '/Secret': secretDefaults,
  '/Service': (service) => mapField(service, 'spec', serviceDefaults),
  '/Namespace': (namespace) => withDefaults(namespace, { spec: { finalizers: ['kubernetes'] } }),
  'apps/Deployment': (deployment) =>
    mapField(withDefaults(deployment, { spec: {} }), 'spec', deploymentDefaults),
  'apps/ReplicaSet': (set) =>
    mapField(set, 'spec', (spec) => withTemplate(withDefaults(spec, { replicas: 1 }))),
  'apps/StatefulSet': (set) =>
    mapField(set, 'spec', (spec) =>
      withTemplate(
        withDefaults(spec, {
          persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
          podManagementPolicy: 'OrderedReady',
          replicas: 1,
          revisionHistoryLimit: 10,
          updateStrategy: { rollingUpdate: { partition: 0 }, type: 'RollingUpdate' },
        }),
      ),
    ),
  'apps/DaemonSet': (set) =>
    mapField(set, 'spec', (spec) =>
      withTemplate(
        withDefaults(spec, {
          revisionHistoryLimit: 10,
          updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: 'RollingUpdate' },
        }),
      ),
    ),
  'batch/Job': (job) => mapField(job, 'spec', jobDefaults),
  'batch/CronJob': (job) =>
    mapField(job, 'spec', (spec) =>
      mapField(
        withDefaults(spec, {
          concurrencyPolicy: 'Allow',
          failedJobsHistoryLimit: 1,
          successfulJobsHistoryLimit: 3,
          suspend: false,
        }),
        'jobTemplate',
        (template) => mapField(template, 'spec', withTemplate),
      ),
    ),
};

function deploymentDefaults(spec: JsonObject): JsonObject {
  const filled = withDefaults(spec, {
    progressDeadlineSeconds: 600,
    replicas: 1,
    revisionHistoryLimit: 10,
    strategy: {},
  });
  const withStrategy = mapField(filled, 'strategy', (strategy) => {
    const typed = withDefaults(strategy, { type: 'RollingUpdate' });
    if (typed['type'] !== 'RollingUpdate') return typed;
    return mapField(withDefaults(typed, { rollingUpdate: {} }), 'rollingUpdate', (rolling) =>
      withDefaults(rolling, { maxSurge: '25%', maxUnavailable: '25%' }),
    );
  });
  return withTemplate(withStrategy);
}

function jobDefaults(spec: JsonObject): JsonObject {
  const isWorkQueue =
    numberAt(spec, 'parallelism') !== undefined && valueAt(spec, 'completions') === undefined;
  return withTemplate(
    withDefaults(spec, {
      backoffLimit: 6,
      manualSelector: false,
      completionMode: 'NonIndexed',
      ...(isWorkQueue ? {} : { completions: 1 }),
      parallelism: 1,
      podReplacementPolicy: 'TerminatingOrFailed',
      suspend: false,
    }),
  );
}

function withTemplate(spec: JsonObject): JsonObject {
  return mapField(spec, 'template', (template) => {
    const described = withDefaults(template, { metadata: {} });
    return mapField(described, 'spec', podSpecDefaults);
  });
}

/** `stringData` is written, never read: it goes into `data`. */
function secretDefaults(secret: JsonObject): JsonObject {
  const { stringData: _plain, ...rest } = secret;
  const plain = Object.entries(objectAt(secret, 'stringData')).map(([key, value]): [string, string] => [
    key,
    Buffer.from(typeof value === 'string' ? value : '', 'utf8').toString('base64'),
  ]);
  const data = { ...objectAt(secret, 'data'), ...Object.fromEntries(plain) };
  const filled = Object.keys(data).length === 0 ? rest : { ...rest, data };
  return withDefaults(filled, { type: 'Opaque' });
}
