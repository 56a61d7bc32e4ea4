import type { JsonObject } from '../../src/api/json.ts';

/** A place in the evidence that somebody other than the gate's author writes. */
export interface Slot {
  readonly name: string;
  /** No longer text is accepted there. */
  readonly longest?: number;
  /** Parameters of the op `evidence`, and what the cluster holds. */
  readonly plant: (text: string) => { readonly params: JsonObject; readonly objects: readonly JsonObject[] };
}

const meta = { name: 'web', namespace: 'team', uid: 'u-web' };
const target = { apiVersion: 'v1', kind: 'Pod', name: 'web' };

function pod(parts: {
  readonly metadata?: object;
  readonly container?: object;
  readonly status?: object;
}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...meta, ...parts.metadata },
    spec: { containers: [{ name: 'web', image: 'nginx:1.27.2', ...parts.container }] },
    ...(parts.status === undefined ? {} : { status: parts.status }),
  } as unknown as JsonObject;
}

function live(name: string, object: (text: string) => JsonObject): Slot {
  return { name, plant: (text) => ({ params: { target }, objects: [object(text)] }) };
}

function waiting(text: string, field: 'reason' | 'message'): JsonObject {
  const state = { waiting: { reason: 'ImagePullBackOff', message: 'cannot pull', [field]: text } };
  return pod({
    status: { phase: 'Pending', containerStatuses: [{ name: 'web', restartCount: 0, ready: false, state }] },
  });
}

function event(fields: object): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'web.1', namespace: 'team' },
    type: 'Warning',
    reason: 'Failed',
    message: 'it failed',
    count: 1,
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'team', name: 'web', uid: 'u-web' },
    ...fields,
  };
}

function withEvent(name: string, fields: (text: string) => object): Slot {
  return { name, plant: (text) => ({ params: { target }, objects: [pod({}), event(fields(text))] }) };
}

function item(name: string, given: (text: string) => JsonObject): Slot {
  return { name, plant: (text) => ({ params: { items: [given(text)] }, objects: [] }) };
}

function subject(name: string, manifest: (text: string) => JsonObject): Slot {
  return { name, plant: (text) => ({ params: { content: manifest(text) }, objects: [] }) };
}

export const slots: readonly Slot[] = [
  live('an annotation of a live object', (text) => pod({ metadata: { annotations: { 'team/note': text } } })),
  live('a label of a live object', (text) => pod({ metadata: { labels: { note: text } } })),
  live('an argument of a container', (text) => pod({ container: { args: ['--note', text] } })),
  live('an image', (text) => pod({ container: { image: text } })),
  live('a value of the environment', (text) => pod({ container: { env: [{ name: 'NOTE', value: text }] } })),
  live('a name of the environment', (text) => pod({ container: { env: [{ name: text, value: 'x' }] } })),
  live('the reason why a container waits', (text) => waiting(text, 'reason')),
  live('the message why a container waits', (text) => waiting(text, 'message')),
  withEvent('the message of an Event', (text) => ({ message: text })),
  withEvent('the reason of an Event', (text) => ({ reason: text })),
  subject('an annotation of the subject', (text) =>
    pod({ metadata: { annotations: { 'team/note': text } } }),
  ),
  subject('a name of the subject', (text) => pod({ metadata: { name: text } })),
  subject('a field of the subject', (text) => ({ ...pod({}), [text]: 'x' })),
  subject('a text in the subject', (text) => pod({ container: { command: ['sh', '-c', text] } })),
  item('a YAML document with a comment', (text) => ({
    kind: 'text',
    ref: 'values.yaml',
    text: `replicas: 2 # ${text}\nimage: nginx\n`,
  })),
  item('a text', (text) => ({ kind: 'text', ref: 'notes', text: `before\n${text}\nafter` })),
  item('a line of a log', (text) => ({ kind: 'log', ref: 'web', text: `started\n${text}\nready` })),
  item('metrics', (text) => ({ kind: 'metrics', ref: 'prom', text: `up{job="${text}"} 1` })),
  item('a finding of a tool', (text) => ({ kind: 'finding', ref: 'sarif', text: `[low] Rule: ${text}` })),
  {
    ...item('the name of a piece of evidence', (text) => ({
      kind: 'text',
      ref: text,
      text: 'nothing to see',
    })),
    longest: 200,
  },
];
