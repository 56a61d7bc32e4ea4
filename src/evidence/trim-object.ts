import type { Json, JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { isObject } from '../api/json.ts';
import { objectAt } from '../analyze/json-fields.ts';

const bookkeeping: ReadonlySet<string> = new Set([
  'managedFields',
  'selfLink',
  'resourceVersion',
  'uid',
  'generateName',
]);
const statusNoise: ReadonlySet<string> = new Set([
  'lastUpdateTime',
  'lastHeartbeatTime',
  'lastProbeTime',
  'containerID',
  'imageID',
]);
const lastApplied = /last-applied-configuration$|last-applied-config$/;

/** What the API server fills in when nobody says otherwise. */
const defaults: Readonly<Record<string, Json>> = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
};

/**
 * The object without bookkeeping and defaults, and without what a Secret holds. An empty object in `spec` stays: for a
 * selector or a volume it means something.
 */
export function trimObject(object: KubeObject): JsonObject {
  const { metadata, status, data, stringData, ...rest } = object as unknown as JsonObject;
  const isSecret = object.kind === 'Secret';
  const shown = (value: Json | undefined): Json | undefined => (isSecret ? sizes(value) : value);
  return present({
    ...(withoutDefaults(rest) as JsonObject),
    metadata: trimMetadata(isObject(metadata) ? metadata : {}),
    data: shown(data),
    stringData: shown(stringData),
    status: isObject(status) ? nonEmpty(status) : undefined,
  });
}

function trimMetadata(metadata: JsonObject): JsonObject {
  const annotations = Object.entries(objectAt(metadata, 'annotations')).filter(
    ([key]) => !lastApplied.test(key),
  );
  const owners = metadata['ownerReferences'];
  const kept = Object.entries(metadata).filter(([key]) => !bookkeeping.has(key));
  return present({
    ...Object.fromEntries(kept),
    annotations: annotations.length === 0 ? undefined : Object.fromEntries(annotations),
    ownerReferences: Array.isArray(owners)
      ? owners.filter(isObject).map((owner) => present({ kind: owner['kind'], name: owner['name'] }))
      : undefined,
  });
}

/** Only how long each value is: `(12 characters)`. */
function sizes(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      `(${typeof item === 'string' ? item.length : 0} characters)`,
    ]),
  );
}

function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (field): field is [string, Json] => field[1] !== undefined && field[1] !== null,
    ),
  );
}

function withoutDefaults(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withoutDefaults(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, item]) =>
          item !== null && item !== undefined && !(Object.hasOwn(defaults, key) && defaults[key] === item),
      )
      .map(([key, item]) => [key, withoutDefaults(item)]),
  );
}

function nonEmpty(status: JsonObject): JsonObject {
  const kept: [string, Json][] = [];
  for (const [key, item] of Object.entries(status)) {
    if (statusNoise.has(key)) continue;
    const value = trimStatus(item);
    if (value !== undefined) kept.push([key, value]);
  }
  return Object.fromEntries(kept);
}

function trimStatus(value: Json | undefined): Json | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item: Json) => trimStatus(item)).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (!isObject(value)) return value;
  const fields = nonEmpty(value);
  return Object.keys(fields).length === 0 ? undefined : fields;
}
