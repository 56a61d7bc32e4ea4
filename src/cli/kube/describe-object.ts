import { isObject, stringifyJson, type Json } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { age } from '../render/elapsed.ts';
import { cleanLine, cleanText } from '../terminal/clean-text.ts';
import { table } from '../terminal/table.ts';
import { textField, timeField } from './field.ts';
import { eventTimeMs } from './kind-columns.ts';
import { byTime } from './object-table.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object for people: who it is, what it wants, how it stands, and what was reported of it. Values of a Secret are never shown. */
export function describeObject(object: KubeObject, events: readonly KubeObject[], nowMs: number): string {
  const { metadata, apiVersion, kind } = object;
  const created = timeField(object, 'metadata', 'creationTimestamp');
  const rows: (readonly [string, string])[] = [
    ['Name:', metadata.name ?? ''],
    ...(metadata.namespace === undefined ? [] : ([['Namespace:', metadata.namespace]] as const)),
    ['Kind:', `${kind} (${apiVersion})`],
    [
      'Created:',
      created === undefined
        ? '<unknown>'
        : `${textField(object, 'metadata', 'creationTimestamp')} (${age(created, nowMs)} ago)`,
    ],
    ...pairs('Labels:', metadata.labels),
    ...pairs('Annotations:', withoutLastApplied(metadata.annotations)),
    ...owners(object),
  ];
  const known = new Set(['apiVersion', 'kind', 'metadata']);
  const body = Object.entries(object).filter(([key]) => !known.has(key));
  const sections = body.map(([key, value]) =>
    kind === 'Secret' && (key === 'data' || key === 'stringData')
      ? `${title(key)}:\n${secretSizes(value as Json, key)}`
      : `${title(key)}:${fieldText(value as Json, 1)}\n`,
  );
  return [table(rows), ...sections, eventText(events, nowMs)].join('');
}

function pairs(
  head: string,
  labels: Readonly<Record<string, string>> | undefined,
): readonly (readonly [string, string])[] {
  const entries = Object.entries(labels ?? {});
  if (entries.length === 0) return [[head, '<none>']];
  return entries.map(([key, value], index) => [index === 0 ? head : '', cleanLine(`${key}=${value}`)]);
}

/** What kubectl keeps there may hold a whole Secret. */
function withoutLastApplied(
  annotations: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => key !== lastApplied));
}

function owners({ metadata }: KubeObject): readonly (readonly [string, string])[] {
  return (metadata.ownerReferences ?? [])
    .slice(0, 1)
    .map((owner) => ['Controlled By:', `${textField(owner, 'kind')}/${textField(owner, 'name')}`]);
}

/** Nested fields by indentation; a list item begins with a dash. */
function fieldText(value: Json, depth: number): string {
  const lead = '  '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' <none>';
    return value.map((item: Json) => `\n${lead}- ${itemText(item, depth)}`).join('');
  }
  if (isObject(value)) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' <none>';
    return entries.map(([key, item]) => `\n${lead}${key}:${fieldText(item, depth + 1)}`).join('');
  }
  const lines = cleanText(value === null ? '<none>' : scalarText(value)).split('\n');
  return lines.length === 1 ? ` ${lines[0]}` : lines.map((line) => `\n${lead}${line}`).join('');
}

function scalarText(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

function itemText(item: Json, depth: number): string {
  // The first field stands beside the dash.
  return fieldText(item, depth + 1).trimStart();
}

function secretSizes(data: Json, key: string): string {
  if (!isObject(data)) return '  <none>\n';
  const lines = Object.entries(data).map(([name, value]) => {
    const bytes = Buffer.byteLength(scalarText(value), key === 'data' ? 'base64' : 'utf8');
    return `  ${name}: ${bytes} bytes\n`;
  });
  return lines.length === 0 ? '  <none>\n' : lines.join('');
}

function eventText(events: readonly KubeObject[], nowMs: number): string {
  if (events.length === 0) return 'Events: <none>\n';
  const rows = byTime(events).map((event) => [
    `  ${textField(event, 'type')}`,
    textField(event, 'reason'),
    age(eventTimeMs(event), nowMs) + repeated(event),
    textField(event, 'source', 'component') || textField(event, 'reportingComponent') || '<unknown>',
    cleanLine(textField(event, 'message')),
  ]);
  return `Events:\n${table([['  TYPE', 'REASON', 'AGE', 'FROM', 'MESSAGE'], ...rows])}`;
}

function repeated(event: KubeObject): string {
  const count = Number(textField(event, 'count'));
  return count > 1 ? ` (x${count})` : '';
}

function title(key: string): string {
  return `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`;
}
