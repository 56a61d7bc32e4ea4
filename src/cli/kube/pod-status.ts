import { isObject, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { condition, field, listField, numberField, textField, timeField } from './field.ts';

export interface PodStatus {
  /** What kubectl shows as STATUS, such as `Running`, `ImagePullBackOff` or `Init:0/1`. */
  readonly status: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
  readonly lastRestartMs: number | undefined;
}

/** The columns of a Pod by kubectl's rules: what holds it up says more than its phase. */
export function podStatus(pod: KubeObject): PodStatus {
  const statuses = listField(pod, 'status', 'containerStatuses');
  const init = initStatus(pod);
  const isInitialized = init === undefined || condition(pod, 'Initialized')?.['status'] === 'True';
  const counted = isInitialized ? statuses : listField(pod, 'status', 'initContainerStatuses');
  const lastRestarts = counted.map(
    (status) => timeField(status, 'lastState', 'terminated', 'finishedAt') ?? 0,
  );
  const lastRestart = Math.max(0, ...lastRestarts);
  return {
    status: deletionStatus(pod) ?? (isInitialized ? containerStatus(pod, statuses) : init),
    ready: statuses.filter((status) => isRunningReady(status)).length,
    containers: Math.max(statuses.length, listField(pod, 'spec', 'containers').length),
    restarts: counted.reduce((sum, status) => sum + numberField(status, 'restartCount'), 0),
    lastRestartMs: lastRestart === 0 ? undefined : lastRestart,
  };
}

function deletionStatus(pod: KubeObject): string | undefined {
  if (pod.metadata['deletionTimestamp'] === undefined) return undefined;
  if (textField(pod, 'status', 'reason') === 'NodeLost') return 'Unknown';
  const phase = textField(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed' ? undefined : 'Terminating';
}

/** Undefined once every init container is done. */
function initStatus(pod: KubeObject): string | undefined {
  const specs = listField(pod, 'spec', 'initContainers');
  const statuses = listField(pod, 'status', 'initContainerStatuses');
  for (const [index, status] of statuses.entries()) {
    const terminated = field(status, 'state', 'terminated');
    if (isObject(terminated) && numberField(terminated, 'exitCode') === 0) continue;
    const isSidecar = specs.some(
      (spec) => spec['name'] === status['name'] && spec['restartPolicy'] === 'Always',
    );
    if (isSidecar && status['started'] === true) continue;
    if (isObject(terminated)) return `Init:${endedReason(terminated)}`;
    const waiting = textField(status, 'state', 'waiting', 'reason');
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${specs.length}`;
  }
  return undefined;
}

function containerStatus(pod: KubeObject, statuses: readonly JsonObject[]): string {
  let reason = textField(pod, 'status', 'reason') || textField(pod, 'status', 'phase') || 'Unknown';
  if (condition(pod, 'PodScheduled')?.['reason'] === 'SchedulingGated') reason = 'SchedulingGated';
  // kubectl goes from the last container to the first: the first one has the last word.
  for (const status of statuses.toReversed()) {
    const waiting = textField(status, 'state', 'waiting', 'reason');
    const terminated = field(status, 'state', 'terminated');
    if (waiting !== '') reason = waiting;
    else if (isObject(terminated)) reason = endedReason(terminated);
  }
  if (reason !== 'Completed' || !statuses.some((status) => isRunningReady(status))) return reason;
  return condition(pod, 'Ready')?.['status'] === 'True' ? 'Running' : 'NotReady';
}

function endedReason(terminated: JsonObject): string {
  const reason = textField(terminated, 'reason');
  if (reason !== '') return reason;
  const signal = numberField(terminated, 'signal');
  return signal === 0 ? `ExitCode:${numberField(terminated, 'exitCode')}` : `Signal:${signal}`;
}

function isRunningReady(status: JsonObject): boolean {
  return status['ready'] === true && field(status, 'state', 'running') !== undefined;
}
