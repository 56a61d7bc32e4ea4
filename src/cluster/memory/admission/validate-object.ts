import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject } from '../../../api/json.ts';
import { groupOf } from '../../known-kinds.ts';
import { badRequest, invalidObject, type Target } from '../api-error.ts';
import { isBuiltIn } from '../apply/field-shape.ts';
import { mostCompletions } from '../jobs/job-run.ts';
import { isTimeZone, readSchedule } from '../cron-jobs/cron-schedule.ts';
import { mostStatefulPods } from '../sets/stateful-set.ts';
import { numberAt, objectAt, objectsAt, textAt, valueAt } from '../../json-reading.ts';
import { forbidden, invalid, required, unsupported } from './faults.ts';
import { findBadBase64, findTypeFault } from './validate-types.ts';
import { validateLabels, validateMetadata } from './validate-metadata.ts';
import { isPort, validatePodSpec } from './validate-pod-spec.ts';

/** Throws the SluiceError (400) that an API server has for an object that it cannot read. */
export function checkReadable(object: JsonObject, target: Target): void {
  if (!isBuiltIn(target.apiVersion)) return;
  const fault = findTypeFault(object);
  if (fault !== undefined) throw badRequest(target, fault);
  const key = target.apiVersion === 'v1' && target.kind === 'Secret' ? findBadBase64(object) : undefined;
  if (key !== undefined) throw badRequest(target, `.data.${key}: illegal base64 data`);
}

/** Throws the SluiceError (422) with every fault of an object that has its defaults. `before` is what it replaces. */
export function checkValid(
  object: JsonObject,
  before: JsonObject | undefined,
  target: Target,
  namespace: string,
): void {
  const faults = [...validateMetadata(object, namespace)];
  if (isBuiltIn(target.apiVersion)) {
    const validate = rules[`${groupOf(target.apiVersion)}/${target.kind}`];
    if (validate !== undefined) faults.push(...validate(object, before));
  }
  if (faults.length > 0) throw invalidObject(target, faults);
}

/** Its Jobs add the minute to the name. */
const longestCronJobName = 52;

type Rule = (object: JsonObject, before: JsonObject | undefined) => readonly string[];

const rules: Readonly<Record<string, Rule>> = {
  '/Pod': (pod, before) => [
    ...validatePodSpec(objectAt(pod, 'spec'), 'spec'),
    ...(before === undefined ? [] : changedPod(before, pod)),
  ],
  '/Service': validateService,
  '/ConfigMap': keepsImmutable,
  '/Secret': (secret, before) => [
    ...keepsImmutable(secret, before),
    ...sameValue(secret, before, 'type'),
    ...missingKeys(secret),
  ],
  'apps/Deployment': (deployment, before) => validateWorkload(deployment, before, 'deployment'),
  'apps/ReplicaSet': (set, before) => validateWorkload(set, before, 'replica set'),
  'apps/StatefulSet': (set, before) => validateWorkload(set, before, 'statefulset'),
  'apps/DaemonSet': (set, before) => validateWorkload(set, before, 'daemonset'),
  'batch/Job': validateJob,
  'batch/CronJob': validateCronJob,
};

function validateWorkload(
  object: JsonObject,
  before: JsonObject | undefined,
  noun: string,
): readonly string[] {
  const faults: string[] = [];
  const replicas = numberAt(object, 'spec', 'replicas');
  if (replicas !== undefined && (replicas < 0 || !Number.isInteger(replicas)))
    faults.push(invalid('spec.replicas', replicas, 'must be greater than or equal to 0'));
  if (noun === 'statefulset' && (replicas ?? 1) > mostStatefulPods)
    faults.push(
      forbidden(
        'spec.replicas',
        `an in-memory cluster runs StatefulSets of up to ${mostStatefulPods} replicas`,
      ),
    );
  const selector = valueAt(object, 'spec', 'selector');
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
  const matchLabels = objectAt(selector, 'matchLabels');
  const isEmpty =
    Object.keys(matchLabels).length === 0 && objectsAt(selector, 'matchExpressions').length === 0;
  const mismatch = invalid(
    'spec.template.metadata.labels',
    Object.keys(labels).length === 0 ? null : labels,
    '`selector` does not match template `labels`',
  );
  if (selector === undefined) faults.push(required('spec.selector'), mismatch);
  else if (isEmpty) faults.push(invalid('spec.selector', selector, `empty selector is invalid for ${noun}`));
  else {
    faults.push(...validateLabels(matchLabels, 'spec.selector.matchLabels'));
    if (!Object.entries(matchLabels).every(([key, value]) => labels[key] === value)) faults.push(mismatch);
  }
  faults.push(...validateLabels(labels, 'spec.template.metadata.labels'));
  faults.push(...validatePodSpec(objectAt(object, 'spec', 'template', 'spec'), 'spec.template.spec'));
  const policy = textAt(object, 'spec', 'template', 'spec', 'restartPolicy');
  if (policy !== '' && policy !== 'Always')
    faults.push(unsupported('spec.template.spec.restartPolicy', policy, ['Always']));
  if (noun === 'deployment') faults.push(...validateStrategy(objectAt(object, 'spec', 'strategy')));
  return [...faults, ...sameValue(object, before, 'spec', 'selector')];
}

function validateStrategy(strategy: JsonObject): readonly string[] {
  const type = textAt(strategy, 'type');
  if (type !== 'RollingUpdate' && type !== 'Recreate')
    return [unsupported('spec.strategy.type', type, ['Recreate', 'RollingUpdate'])];
  if (type === 'Recreate') {
    return strategy['rollingUpdate'] === undefined
      ? []
      : [forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")];
  }
  const rolling = objectAt(strategy, 'rollingUpdate');
  return isZero(rolling['maxSurge']) && isZero(rolling['maxUnavailable'])
    ? [
        invalid(
          'spec.strategy.rollingUpdate.maxUnavailable',
          rolling['maxUnavailable'] ?? 0,
          'may not be 0 when `maxSurge` is 0',
        ),
      ]
    : [];
}

function isZero(value: Json | undefined): boolean {
  return value === 0 || value === '0%';
}

function validateJob(job: JsonObject, before: JsonObject | undefined): readonly string[] {
  const faults = [...validatePodSpec(objectAt(job, 'spec', 'template', 'spec'), 'spec.template.spec')];
  const policy = textAt(job, 'spec', 'template', 'spec', 'restartPolicy');
  if (policy !== 'OnFailure' && policy !== 'Never')
    faults.push(required('spec.template.spec.restartPolicy', 'valid values: "OnFailure", "Never"'));
  for (const field of ['parallelism', 'completions', 'backoffLimit', 'activeDeadlineSeconds']) {
    const value = numberAt(job, 'spec', field);
    if (value !== undefined && (value < 0 || !Number.isInteger(value)))
      faults.push(invalid(`spec.${field}`, value, 'must be greater than or equal to 0'));
  }
  const completions = numberAt(job, 'spec', 'completions') ?? 0;
  if (completions > mostCompletions)
    faults.push(
      forbidden('spec.completions', `an in-memory cluster runs Jobs of up to ${mostCompletions} completions`),
    );
  return [
    ...faults,
    ...sameValue(job, before, 'spec', 'template'),
    ...sameValue(job, before, 'spec', 'completions'),
  ];
}

function validateCronJob(cronJob: JsonObject, before: JsonObject | undefined): readonly string[] {
  const faults: string[] = [];
  const [schedule, timeZone] = [textAt(cronJob, 'spec', 'schedule'), textAt(cronJob, 'spec', 'timeZone')];
  if (valueAt(cronJob, 'spec', 'timeZone') !== undefined && !isTimeZone(timeZone))
    faults.push(invalid('spec.timeZone', timeZone, `unknown time zone ${timeZone}`));
  const read = schedule === '' ? '' : readSchedule(schedule, isTimeZone(timeZone) ? timeZone : '');
  if (schedule === '') faults.push(required('spec.schedule'));
  else if (typeof read === 'string') faults.push(invalid('spec.schedule', schedule, read));
  const policy = textAt(cronJob, 'spec', 'concurrencyPolicy');
  if (!['Allow', 'Forbid', 'Replace'].includes(policy))
    faults.push(unsupported('spec.concurrencyPolicy', policy, ['Allow', 'Forbid', 'Replace']));
  for (const field of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) {
    const value = numberAt(cronJob, 'spec', field);
    if (value !== undefined && (value < 0 || !Number.isInteger(value)))
      faults.push(invalid(`spec.${field}`, value, 'must be greater than or equal to 0'));
  }
  const name = textAt(cronJob, 'metadata', 'name');
  if (before === undefined && name.length > longestCronJobName)
    faults.push(invalid('metadata.name', name, `must be no more than ${longestCronJobName} characters`));
  const template = objectAt(cronJob, 'spec', 'jobTemplate');
  const inTemplate = validateJob(template, undefined).map((fault) =>
    fault.replace(/^spec\./, 'spec.jobTemplate.spec.'),
  );
  return [...faults, ...inTemplate];
}

function validateService(service: JsonObject, before: JsonObject | undefined): readonly string[] {
  const faults: string[] = [];
  const ports = objectsAt(service, 'spec', 'ports');
  const type = textAt(service, 'spec', 'type');
  const isHeadless = textAt(service, 'spec', 'clusterIP') === 'None';
  if (ports.length === 0 && !isHeadless && type !== 'ExternalName') faults.push(required('spec.ports'));
  ports.forEach((port, index) => {
    const number = numberAt(port, 'port');
    if (number === undefined || !isPort(number))
      faults.push(
        invalid(`spec.ports[${index}].port`, number ?? 0, 'must be between 1 and 65535, inclusive'),
      );
    if (ports.length > 1 && textAt(port, 'name') === '') faults.push(required(`spec.ports[${index}].name`));
  });
  if (type === 'ExternalName' && textAt(service, 'spec', 'externalName') === '')
    faults.push(required('spec.externalName'));
  const former = textAt(before, 'spec', 'clusterIP');
  const current = textAt(service, 'spec', 'clusterIP');
  if (former !== '' && current !== '' && former !== current)
    faults.push(invalid('spec.clusterIPs[0]', [current], 'may not change once set'));
  return faults;
}

const keysOfTypes: Readonly<Record<string, readonly string[]>> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
};

function missingKeys(secret: JsonObject): readonly string[] {
  const keys = keysOfTypes[textAt(secret, 'type')] ?? [];
  return keys
    .filter((key) => valueAt(secret, 'data', key) === undefined)
    .map((key) => required(`data[${key}]`));
}

function keepsImmutable(object: JsonObject, before: JsonObject | undefined): readonly string[] {
  if (before?.['immutable'] !== true) return [];
  const isSame = ['data', 'binaryData', 'immutable'].every((key) =>
    isDeepStrictEqual(object[key], before[key]),
  );
  return isSame ? [] : [forbidden('data', 'field is immutable when `immutable` is set')];
}

function sameValue(
  object: JsonObject,
  before: JsonObject | undefined,
  ...path: readonly string[]
): readonly string[] {
  if (before === undefined) return [];
  const value = valueAt(object, ...path);
  return isDeepStrictEqual(value, valueAt(before, ...path))
    ? []
    : [invalid(path.join('.'), value ?? null, 'field is immutable')];
}

function changedPod(before: JsonObject, pod: JsonObject): readonly string[] {
  for (const list of ['containers', 'initContainers']) {
    if (objectsAt(before, 'spec', list).length !== objectsAt(pod, 'spec', list).length)
      return [forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
  }
  return isDeepStrictEqual(comparablePod(before), comparablePod(pod))
    ? []
    : [
        forbidden(
          'spec',
          'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
        ),
      ];
}

function comparablePod(pod: JsonObject): Json {
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...spec } = objectAt(pod, 'spec');
  const withoutImage = (list: string): readonly JsonObject[] =>
    objectsAt(spec, list).map(({ image: _image, ...container }) => container);
  return { ...spec, containers: withoutImage('containers'), initContainers: withoutImage('initContainers') };
}
