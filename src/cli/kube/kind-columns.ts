import { isObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { age, elapsed } from '../render/elapsed.ts';
import { condition, field, listField, numberField, textField, timeField } from './field.ts';
import { podStatus } from './pod-status.ts';

/** A column of `cluster get`: its head, its cell for an object, and whether only `-o wide` shows it. */
export interface Column {
  readonly head: string;
  readonly isWide?: true;
  cell(object: KubeObject, nowMs: number): string;
}

const name: Column = { head: 'NAME', cell: ({ metadata }) => metadata.name ?? '' };
const ageColumn: Column = {
  head: 'AGE',
  cell: (object, nowMs) => age(timeField(object, 'metadata', 'creationTimestamp'), nowMs),
};

/** The columns of a kind as kubectl has them; a kind without any shows name and age. */
export function columnsOf(kind: string): readonly Column[] {
  return (Object.hasOwn(byKind, kind) ? byKind[kind] : undefined) ?? [name, ageColumn];
}

const count = (head: string, ...path: readonly string[]): Column => ({
  head,
  cell: (object) => String(numberField(object, ...path)),
});

const text = (head: string, ...path: readonly string[]): Column => ({
  head,
  cell: (object) => textField(object, ...path) || '<none>',
});

const images: readonly Column[] = [
  { head: 'CONTAINERS', isWide: true, cell: (object) => templateFields(object, 'name') },
  { head: 'IMAGES', isWide: true, cell: (object) => templateFields(object, 'image') },
];

const selector: Column = {
  head: 'SELECTOR',
  isWide: true,
  cell(object) {
    const labels = field(object, 'spec', 'selector', 'matchLabels') ?? field(object, 'spec', 'selector');
    return labelText(labels);
  },
};

const byKind: Readonly<Record<string, readonly Column[]>> = {
  Deployment: [
    name,
    {
      head: 'READY',
      cell: (object) => `${numberField(object, 'status', 'readyReplicas')}/${wantedReplicas(object)}`,
    },
    count('UP-TO-DATE', 'status', 'updatedReplicas'),
    count('AVAILABLE', 'status', 'availableReplicas'),
    ageColumn,
    ...images,
    selector,
  ],
  ReplicaSet: [
    name,
    { head: 'DESIRED', cell: (object) => String(wantedReplicas(object)) },
    count('CURRENT', 'status', 'replicas'),
    count('READY', 'status', 'readyReplicas'),
    ageColumn,
    ...images,
    selector,
  ],
  StatefulSet: [
    name,
    {
      head: 'READY',
      cell: (object) => `${numberField(object, 'status', 'readyReplicas')}/${wantedReplicas(object)}`,
    },
    ageColumn,
    ...images,
  ],
  DaemonSet: [
    name,
    count('DESIRED', 'status', 'desiredNumberScheduled'),
    count('CURRENT', 'status', 'currentNumberScheduled'),
    count('READY', 'status', 'numberReady'),
    count('UP-TO-DATE', 'status', 'updatedNumberScheduled'),
    count('AVAILABLE', 'status', 'numberAvailable'),
    ageColumn,
    ...images,
    selector,
  ],
  Pod: [
    name,
    {
      head: 'READY',
      cell(object) {
        const { ready, containers } = podStatus(object);
        return `${ready}/${containers}`;
      },
    },
    { head: 'STATUS', cell: (object) => podStatus(object).status },
    {
      head: 'RESTARTS',
      cell(object, nowMs) {
        const { restarts, lastRestartMs } = podStatus(object);
        const when =
          restarts === 0 || lastRestartMs === undefined ? '' : ` (${age(lastRestartMs, nowMs)} ago)`;
        return `${restarts}${when}`;
      },
    },
    ageColumn,
    { ...text('IP', 'status', 'podIP'), isWide: true },
    { ...text('NODE', 'spec', 'nodeName'), isWide: true },
  ],
  Job: [
    name,
    { head: 'STATUS', cell: jobStatus },
    { head: 'COMPLETIONS', cell: (object) => jobCompletions(object) },
    {
      head: 'DURATION',
      cell(object, nowMs) {
        const start = timeField(object, 'status', 'startTime');
        return elapsed(start, timeField(object, 'status', 'completionTime'), nowMs);
      },
    },
    ageColumn,
    ...images,
  ],
  CronJob: [
    name,
    text('SCHEDULE', 'spec', 'schedule'),
    { head: 'SUSPEND', cell: (object) => (field(object, 'spec', 'suspend') === true ? 'True' : 'False') },
    { head: 'ACTIVE', cell: (object) => String(listField(object, 'status', 'active').length) },
    ageColumn,
  ],
  Service: [
    name,
    { head: 'TYPE', cell: (object) => textField(object, 'spec', 'type') || 'ClusterIP' },
    text('CLUSTER-IP', 'spec', 'clusterIP'),
    { head: 'EXTERNAL-IP', cell: externalIp },
    { head: 'PORT(S)', cell: servicePorts },
    ageColumn,
    selector,
  ],
  ConfigMap: [name, { head: 'DATA', cell: (object) => dataCount(object, 'data', 'binaryData') }, ageColumn],
  // A Secret is counted, never shown.
  Secret: [
    name,
    { head: 'TYPE', cell: (object) => textField(object, 'type') || 'Opaque' },
    { head: 'DATA', cell: (object) => dataCount(object, 'data', 'stringData') },
    ageColumn,
  ],
  Namespace: [name, text('STATUS', 'status', 'phase'), ageColumn],
  Event: [
    { head: 'LAST SEEN', cell: (object, nowMs) => age(eventTimeMs(object), nowMs) },
    text('TYPE', 'type'),
    text('REASON', 'reason'),
    {
      head: 'OBJECT',
      cell(object) {
        const kind = textField(object, 'involvedObject', 'kind').toLowerCase();
        return `${kind}/${textField(object, 'involvedObject', 'name')}`;
      },
    },
    { head: 'MESSAGE', cell: (object) => textField(object, 'message').trim() },
  ],
};

/** When an Event was last seen, by whichever of its fields is filled. */
export function eventTimeMs(event: KubeObject): number | undefined {
  return (
    timeField(event, 'series', 'lastObservedTime') ??
    timeField(event, 'lastTimestamp') ??
    timeField(event, 'eventTime') ??
    timeField(event, 'metadata', 'creationTimestamp')
  );
}

export function labelText(labels: unknown): string {
  if (!isObject(labels) || Object.keys(labels).length === 0) return '<none>';
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value as string}`)
    .join(',');
}

function wantedReplicas(object: KubeObject): number {
  return field(object, 'spec', 'replicas') === undefined ? 1 : numberField(object, 'spec', 'replicas');
}

function templateFields(object: KubeObject, key: string): string {
  return listField(object, 'spec', 'template', 'spec', 'containers')
    .map((container) => textField(container, key))
    .join(',');
}

function jobStatus(job: KubeObject): string {
  if (condition(job, 'Complete')?.['status'] === 'True') return 'Complete';
  if (condition(job, 'Failed')?.['status'] === 'True') return 'Failed';
  return field(job, 'spec', 'suspend') === true ? 'Suspended' : 'Running';
}

function jobCompletions(job: KubeObject): string {
  const wanted =
    field(job, 'spec', 'completions') === undefined ? 1 : numberField(job, 'spec', 'completions');
  return `${numberField(job, 'status', 'succeeded')}/${wanted}`;
}

function externalIp(service: KubeObject): string {
  const given = listField(service, 'status', 'loadBalancer', 'ingress').map(
    (entry) => textField(entry, 'ip') || textField(entry, 'hostname'),
  );
  if (given.length > 0) return given.join(',');
  return textField(service, 'spec', 'type') === 'LoadBalancer' ? '<pending>' : '<none>';
}

function servicePorts(service: KubeObject): string {
  const ports = listField(service, 'spec', 'ports').map((port) => {
    const node = numberField(port, 'nodePort');
    return `${textField(port, 'port')}${node === 0 ? '' : `:${node}`}/${textField(port, 'protocol') || 'TCP'}`;
  });
  return ports.length === 0 ? '<none>' : ports.join(',');
}

function dataCount(object: KubeObject, ...maps: readonly string[]): string {
  const counts = maps.map((map) => {
    const data = field(object, map);
    return isObject(data) ? Object.keys(data).length : 0;
  });
  return String(counts.reduce((sum, size) => sum + size, 0));
}
