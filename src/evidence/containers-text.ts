import type { JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { fieldAt, numberAt, objectAt, objectsAt, textAt } from '../analyze/json-fields.ts';

/** How each container of a Pod does, and how it ended last: a line a container. */
export function containersText(pod: KubeObject): string {
  const phase = textAt(pod, 'status', 'phase') || 'no phase';
  const reason = [textAt(pod, 'status', 'reason'), textAt(pod, 'status', 'message')].filter(
    (each) => each !== '',
  );
  const node = textAt(pod, 'spec', 'nodeName');
  return [
    `${phase}${reason.length === 0 ? '' : ` (${reason.join(': ')})`}${node === '' ? ', on no node' : `, on node ${node}`}`,
    ...statusesOf(pod).map(containerLine),
  ].join('\n');
}

export function statusesOf(pod: KubeObject): readonly JsonObject[] {
  return [
    ...objectsAt(pod, 'status', 'initContainerStatuses'),
    ...objectsAt(pod, 'status', 'containerStatuses'),
    ...objectsAt(pod, 'status', 'ephemeralContainerStatuses'),
  ];
}

function containerLine(status: JsonObject): string {
  const restarts = numberAt(status, 'restartCount') ?? 0;
  const last = objectAt(status, 'lastState', 'terminated');
  return [
    `container ${textAt(status, 'name')}: ${stateOf(objectAt(status, 'state'))}`,
    fieldAt(status, 'ready') === true ? 'ready' : 'not ready',
    `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
    ...(Object.keys(last).length === 0 ? [] : [`before that ${endOf(last)}`]),
  ].join('; ');
}

function stateOf(state: JsonObject): string {
  const waiting = objectAt(state, 'waiting');
  if (Object.keys(waiting).length > 0) return withMessage(`waiting, ${textAt(waiting, 'reason')}`, waiting);
  const terminated = objectAt(state, 'terminated');
  if (Object.keys(terminated).length > 0) return endOf(terminated);
  const since = textAt(state, 'running', 'startedAt');
  return since === '' ? 'no state' : `running since ${since}`;
}

function endOf(terminated: JsonObject): string {
  const code = numberAt(terminated, 'exitCode');
  const signal = numberAt(terminated, 'signal');
  const how = `ended with ${textAt(terminated, 'reason') || 'no reason'}, exit code ${code ?? '?'}${signal === undefined ? '' : `, signal ${signal}`}`;
  const at = textAt(terminated, 'finishedAt');
  return withMessage(at === '' ? how : `${how} at ${at}`, terminated);
}

function withMessage(what: string, state: JsonObject): string {
  const message = textAt(state, 'message').trim();
  return message === '' ? what : `${what}: ${message.replace(/\s+/g, ' ')}`;
}
