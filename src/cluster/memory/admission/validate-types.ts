import { isObject, stringifyJson, type Json, type JsonObject } from '../../../api/json.ts';
import { objectAt } from '../../json-reading.ts';
import { parseQuantity } from './quantity.ts';

/** The type that a field must have, for the mistakes that YAML invites: a number where text is wanted, and the reverse. */
type Shape =
  | { readonly kind: 'text' }
  | { readonly kind: 'number' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'quantity' }
  | { readonly kind: 'texts' }
  | { readonly kind: 'map'; readonly values: Shape }
  | { readonly kind: 'fields'; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly kind: 'items'; readonly item: Shape; readonly keys: readonly string[] };

const text: Shape = { kind: 'text' };
const number: Shape = { kind: 'number' };
const flag: Shape = { kind: 'flag' };
const texts: Shape = { kind: 'texts' };
const textMap: Shape = { kind: 'map', values: text };
const quantityMap: Shape = { kind: 'map', values: { kind: 'quantity' } };

function fields(of: Readonly<Record<string, Shape>>): Shape {
  return { kind: 'fields', fields: of };
}

function items(keys: readonly string[], of: Readonly<Record<string, Shape>>): Shape {
  return { kind: 'items', item: fields(of), keys };
}

const metadata = fields({ labels: textMap, annotations: textMap, finalizers: texts });

const container: Readonly<Record<string, Shape>> = {
  name: text,
  image: text,
  command: texts,
  args: texts,
  workingDir: text,
  imagePullPolicy: text,
  env: items(['name'], { name: text, value: text }),
  ports: items(['containerPort', 'protocol'], {
    name: text,
    containerPort: number,
    hostPort: number,
    protocol: text,
  }),
  volumeMounts: items(['mountPath'], { name: text, mountPath: text, subPath: text, readOnly: flag }),
  resources: fields({ limits: quantityMap, requests: quantityMap }),
};

const podSpec = fields({
  containers: items(['name'], container),
  initContainers: items(['name'], container),
  volumes: items(['name'], { name: text }),
  imagePullSecrets: items(['name'], { name: text }),
  restartPolicy: text,
  serviceAccountName: text,
  nodeName: text,
  nodeSelector: textMap,
  hostNetwork: flag,
  hostPID: flag,
  hostIPC: flag,
  terminationGracePeriodSeconds: number,
});

const template = fields({ metadata, spec: podSpec });
const selector = fields({ matchLabels: textMap });

const specs: Readonly<Record<string, Shape>> = {
  Pod: podSpec,
  Deployment: fields({
    replicas: number,
    minReadySeconds: number,
    progressDeadlineSeconds: number,
    revisionHistoryLimit: number,
    paused: flag,
    selector,
    template,
  }),
  ReplicaSet: fields({ replicas: number, selector, template }),
  StatefulSet: fields({
    replicas: number,
    minReadySeconds: number,
    serviceName: text,
    podManagementPolicy: text,
    selector,
    template,
  }),
  DaemonSet: fields({ minReadySeconds: number, selector, template }),
  CronJob: fields({
    schedule: text,
    timeZone: text,
    suspend: flag,
    concurrencyPolicy: text,
    startingDeadlineSeconds: number,
    successfulJobsHistoryLimit: number,
    failedJobsHistoryLimit: number,
    jobTemplate: fields({ metadata, spec: fields({ template }) }),
  }),
  Job: fields({
    parallelism: number,
    completions: number,
    backoffLimit: number,
    activeDeadlineSeconds: number,
    suspend: flag,
    template,
  }),
  Service: fields({
    type: text,
    selector: textMap,
    clusterIP: text,
    ports: items(['port', 'protocol'], { name: text, port: number, nodePort: number, protocol: text }),
  }),
};

const otherFields: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  ConfigMap: { data: textMap, binaryData: textMap },
  Secret: { data: textMap, stringData: textMap, type: text },
};

/** The first field of a Kubernetes kind that has the wrong type, in the API server's words; undefined: none was found. */
export function findTypeFault(object: JsonObject): string | undefined {
  const kind = typeof object['kind'] === 'string' ? object['kind'] : '';
  const spec = Object.hasOwn(specs, kind) ? specs[kind] : undefined;
  const more = Object.hasOwn(otherFields, kind) ? otherFields[kind] : undefined;
  const shape = fields({ metadata, ...(spec === undefined ? {} : { spec }), ...more });
  return faultAt(object, shape, '');
}

function faultAt(value: Json | undefined, shape: Shape, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (shape.kind === 'text') return typeof value === 'string' ? undefined : wrong(path, 'string', value);
  if (shape.kind === 'flag') return typeof value === 'boolean' ? undefined : wrong(path, 'boolean', value);
  if (shape.kind === 'number')
    return isNumber(value) ? undefined : wrong(path, 'numeric (int or float)', value);
  if (shape.kind === 'quantity') return quantityFault(value, path);
  if (shape.kind === 'items' || shape.kind === 'texts') {
    if (!Array.isArray(value)) return wrong(path, 'list', value);
    if (shape.kind === 'texts')
      return first(value, (item: Json, index) => faultAt(item, text, `${path}[${index}]`));
    const seen = new Set<string>();
    return first(value, (item: Json) => {
      if (!isObject(item)) return wrong(path, 'map', item);
      const key = describeItem(item, shape.keys);
      if (key !== '' && seen.has(key)) return `${path}: duplicate entries for key [${key}]`;
      seen.add(key);
      return faultAt(item, shape.item, `${path}[${key}]`);
    });
  }
  if (!isObject(value)) return wrong(path, 'map', value);
  return shape.kind === 'map'
    ? first(Object.entries(value), ([key, item]) => faultAt(item, shape.values, `${path}.${key}`))
    : first(Object.entries(shape.fields), ([key, inner]) => faultAt(value[key], inner, `${path}.${key}`));
}

function isNumber(value: Json): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function quantityFault(value: Json, path: string): string | undefined {
  if (isNumber(value)) return undefined;
  if (typeof value !== 'string') return wrong(path, 'string', value);
  return parseQuantity(value) === undefined
    ? `${path}: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`
    : undefined;
}

/** `name="web"`. */
function describeItem(item: JsonObject, keys: readonly string[]): string {
  const named = keys.filter((key) => item[key] !== undefined || key === 'protocol');
  return named.map((key) => `${key}=${stringifyJson(item[key] ?? 'TCP')}`).join(',');
}

function wrong(path: string, wanted: string, value: Json): string {
  const found = Array.isArray(value) ? 'list' : isObject(value) ? 'map' : typeof value;
  return `${path}: expected ${wanted}, got ${found === 'object' ? 'null' : found}`;
}

function first<T>(
  list: readonly T[],
  find: (item: T, index: number) => string | undefined,
): string | undefined {
  for (const [index, item] of list.entries()) {
    const fault = find(item, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The names of a map's fields that hold no base64. */
export function findBadBase64(secret: JsonObject): string | undefined {
  return Object.entries(objectAt(secret, 'data')).find(
    ([, value]) => typeof value === 'string' && !isBase64(value),
  )?.[0];
}

function isBase64(value: string): boolean {
  const plain = value.replaceAll(/\s/g, '');
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}
