import { parseImage } from '../../analyze/image-reference.ts';
import { objectAt, objectsAt, textAt } from '../../analyze/json-fields.ts';
import { describeRef, refOf } from '../../analyze/object-name.ts';
import { workloadOf, type Workload } from '../../analyze/pod-template.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { checkVariables } from './check-variables.ts';
import { hardenedPod } from './harden.ts';
import { parameters, type ParameterName } from './parameters.ts';

export interface WishedChange {
  /** Of `changeable`, and `name` for the workload that is meant. */
  readonly variables: JsonObject;
  /** Give the Pods the restrictions that what is made here has. */
  readonly isHardened: boolean;
}

export type ChangedManifests =
  | { readonly ok: true; readonly manifests: readonly KubeObject[] }
  | { readonly ok: false; readonly faults: readonly string[] };

/** What can be changed in manifests that others wrote. */
export const changeable: readonly ParameterName[] = [
  'image',
  'command',
  'env',
  'cpu',
  'cpuLimit',
  'memory',
  'replicas',
  'schedule',
];

/** Changes one workload among the manifests, and leaves all others as they are. */
export function changeManifests(
  manifests: readonly KubeObject[],
  { variables, isHardened }: WishedChange,
): ChangedManifests {
  const names: readonly ParameterName[] = [...changeable, 'name'];
  const properties = Object.fromEntries(names.map((name) => [name, parameters[name].schema]));
  const checked = checkVariables({ type: 'object', properties, additionalProperties: false }, variables, {
    useDefaults: false,
  });
  if (!checked.ok) return checked;
  const { name, ...values } = checked.variables;
  const found = manifests.map(workloadOf).filter((each) => each !== undefined);
  const meant = found.filter(({ object }) => name === undefined || object.metadata.name === name);
  const [workload] = meant;
  if (workload === undefined || meant.length > 1) return { ok: false, faults: [whichText(found)] };
  const faults = faultsOf(workload, values);
  if (faults.length > 0) return { ok: false, faults };
  const changed = changeWorkload(workload, values, isHardened);
  return { ok: true, manifests: manifests.map((each) => (each === workload.object ? changed : each)) };
}

function whichText(found: readonly Workload[]): string {
  if (found.length === 0) return 'nothing in it runs Pods, and only what does can be changed';
  const names = found.map(({ object }) => describeRef(refOf(object, '')));
  return `say with name which of its workloads is meant: ${names.join(', ')}`;
}

function faultsOf(workload: Workload, values: JsonObject): readonly string[] {
  const { kind } = workload;
  const isScaled = kind === 'Deployment' || kind === 'StatefulSet' || kind === 'ReplicaSet';
  const isOfContainer = Object.keys(values).some((name) => name !== 'replicas' && name !== 'schedule');
  return [
    ...(values['replicas'] !== undefined && !isScaled ? [`a ${kind} has no replicas`] : []),
    ...(values['schedule'] !== undefined && kind !== 'CronJob' ? [`a ${kind} has no schedule`] : []),
    ...(isOfContainer && containerOf(workload, textAt(values, 'image')) === undefined
      ? ['it has several containers, and none of them alone runs another version of such an image']
      : []),
  ];
}

/** The only one, or the only one of the same repository. */
function containerOf({ podSpec }: Workload, image: string): string | undefined {
  const containers = objectsAt(podSpec, 'containers');
  const same = containers.filter((each) => repositoryOf(textAt(each, 'image')) === repositoryOf(image));
  const [only] = containers.length === 1 ? containers : same;
  return containers.length === 1 || same.length === 1 ? textAt(only, 'name') : undefined;
}

function repositoryOf(image: string): string {
  const parsed = parseImage(image);
  return parsed.kind === 'image' ? `${parsed.host}/${parsed.repository}` : image;
}

function changeWorkload(workload: Workload, values: JsonObject, isHardened: boolean): KubeObject {
  const { object, podPath } = workload;
  const name = containerOf(workload, textAt(values, 'image'));
  const { replicas, schedule, ...rest } = values;
  const changePod = (pod: JsonObject): JsonObject => {
    const containers = objectsAt(pod, 'containers').map((container) =>
      textAt(container, 'name') === name ? changedContainer(container, rest) : container,
    );
    const changed = { ...pod, containers };
    return isHardened ? hardenedPod(changed) : changed;
  };
  const withPod = changeAt(object as unknown as JsonObject, podPath.split('.'), changePod);
  const spec = {
    ...objectAt(withPod, 'spec'),
    ...(replicas === undefined ? {} : { replicas }),
    ...(schedule === undefined ? {} : { schedule }),
  };
  return { ...withPod, spec } as unknown as KubeObject;
}

function changedContainer(container: JsonObject, values: JsonObject): JsonObject {
  const { image, command, env, cpu, cpuLimit, memory } = values;
  const resources = objectAt(container, 'resources');
  const requests = { ...objectAt(resources, 'requests'), ...given({ cpu, memory }) };
  const limits = { ...objectAt(resources, 'limits'), ...given({ cpu: cpuLimit, memory }) };
  const isSized = cpu !== undefined || cpuLimit !== undefined || memory !== undefined;
  return {
    ...container,
    ...given({ image, command }),
    ...(env === undefined ? {} : { env: changedEnv(objectsAt(container, 'env'), env) }),
    ...(isSized ? { resources: { ...resources, requests, limits } } : {}),
  };
}

function changedEnv(before: readonly JsonObject[], values: Json): readonly JsonObject[] {
  const wanted = new Map(Object.entries(isObject(values) ? values : {}));
  const kept = before.map((each) => {
    const name = textAt(each, 'name');
    const value = wanted.get(name);
    wanted.delete(name);
    return value === undefined ? each : { name, value };
  });
  return [...kept, ...[...wanted].map(([name, value]) => ({ name, value }))];
}

function given(values: Readonly<Record<string, Json | undefined>>): JsonObject {
  const entries = Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

function changeAt(
  value: JsonObject,
  [field, ...rest]: readonly string[],
  change: (found: JsonObject) => JsonObject,
): JsonObject {
  if (field === undefined) return change(value);
  return { ...value, [field]: changeAt(objectAt(value, field), rest, change) };
}
