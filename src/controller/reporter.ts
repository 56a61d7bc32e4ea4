import { isSluiceError, messageOf } from '../api/errors.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import { textAt } from '../cluster/json-reading.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { RunState } from '../engine/state.ts';
import type { Plan } from '../plan/plan.ts';
import type { EventSubject } from './events/event-object.ts';
import type { EventRecorder } from './events/open-event-recorder.ts';
import { runFinishedEvent, type RunEvent } from './events/run-events.ts';
import type { ControllerLog } from './log/controller-log.ts';
import type { ControllerMetrics } from './metrics/controller-metrics.ts';
import { workflowApiVersion } from '../api/workflow.ts';
import type { RunObserver } from './run/run-driver.ts';
import type { RunLost } from './run/run-writer.ts';
import { keyOf, type WatchedRun } from './run/watched-run.ts';

/** Tells of runs: in the log, in metrics, and in Events for what someone may have to act on. */
export class ControllerReporter {
  readonly #log: ControllerLog;
  readonly #metrics: ControllerMetrics;
  readonly #events: EventRecorder;
  readonly #now: () => number;
  #leaseFault: string | undefined;

  constructor(parts: {
    readonly log: ControllerLog;
    readonly metrics: ControllerMetrics;
    readonly events: EventRecorder;
    readonly now: () => number;
  }) {
    this.#log = parts.log;
    this.#metrics = parts.metrics;
    this.#events = parts.events;
    this.#now = parts.now;
  }

  onSeen({ uid, phase }: WatchedRun, object: KubeObject): void {
    this.#metrics.runSeen(uid, { phase, steps: stepsOf(object) });
  }

  onGone(run: WatchedRun): void {
    this.#metrics.runGone(run.uid);
  }

  onTaken(run: WatchedRun, isTakenUp: boolean): void {
    if (!isTakenUp) this.#metrics.runStarted(run.namespace);
    this.#log.debug(isTakenUp ? 'run taken up' : 'run started', { run: keyOf(run), uid: run.uid });
  }

  onPlanned(ms: number): void {
    this.#metrics.planned(ms / 1000);
  }

  onReconciled(beginPhase: string, endPhase: string, ms: number): void {
    this.#metrics.reconciled(beginPhase, endPhase, ms / 1000);
  }

  onLost(run: WatchedRun, lost: RunLost): void {
    this.#log.info('run left', { run: keyOf(run), reason: lost.reason });
  }

  onRetry(run: WatchedRun, error: unknown): void {
    this.#metrics.statusWritten(isConflict(error) ? 'conflict' : 'failed');
    this.#log.debug('status write tried again', { run: keyOf(run), ...faultFields(error) });
  }

  onFailure(run: WatchedRun, error: unknown): void {
    this.#log.error('run could not be driven', { run: keyOf(run), ...faultFields(error) });
    if (isSluiceError(error) && error.code === 'StateTooNew')
      this.#events.record(subjectOf(run), { type: 'Warning', reason: 'Refused', message: error.message });
  }

  onQueueError(key: string, error: unknown): void {
    this.#log.warn('run could not be taken up', { run: key, ...faultFields(error) });
  }

  onRefused(run: WatchedRun, why: string): void {
    this.#metrics.runFinished('failed', 0);
    this.#log.info('run refused', { run: keyOf(run), reason: why });
    this.#events.record(subjectOf(run), { type: 'Warning', reason: 'Refused', message: why });
  }

  onWatchError(resource: string, error: unknown): void {
    this.#metrics.watchRestarted(resource, isSluiceError(error) ? error.code : 'Error');
    this.#log.debug('watch lost', { resource, ...faultFields(error) });
  }

  onDeleted(run: WatchedRun, why: 'ttl' | 'history'): void {
    this.#log.info('finished run deleted', { run: keyOf(run), reason: why });
  }

  /** Tried again every moment while a server is away: said once for each reason. */
  onLeaseError(error: unknown): void {
    const text = messageOf(error);
    if (text !== this.#leaseFault)
      this.#log.warn('the lease could not be renewed or taken', faultFields(error));
    this.#leaseFault = text;
  }

  onError(event: string, error: unknown): void {
    this.#log.error(event, faultFields(error));
  }

  /** For the driver of one run. */
  forRun(run: WatchedRun, plan: Plan): RunObserver {
    const log = this.#log.child({ run: keyOf(run), uid: run.uid });
    const metrics = this.#metrics;
    const subject = subjectOf(run);
    const say = (event: RunEvent): void => this.#events.record(subject, event);
    return {
      onStepEnd: (step, { phase, reason, message = '', firstMs, lastMs, attempt }) => {
        const seconds = firstMs === undefined ? 0 : ((lastMs ?? firstMs) - firstMs) / 1000;
        metrics.stepFinished(step.type, phase, seconds);
        log.debug('step ended', { step: step.path, attempt, type: step.type, phase, reason });
        if (phase !== 'failed') return;
        log.info('step failed', { step: step.path, attempt, type: step.type, reason, error: message });
        const text = `step ${step.name}: ${message === '' ? (reason ?? 'failed') : message}`;
        say({
          type: 'Warning',
          reason: reason === 'Timeout' ? 'StepTimedOut' : 'StepFailed',
          message: text,
        });
      },
      onSuspended: (steps) => {
        const what = steps.length === 0 ? 'the run' : `step ${steps.join(', ')}`;
        log.info('run suspended', { step: steps.join(',') });
        say({
          type: 'Normal',
          reason: 'Suspended',
          message: `${what} is suspended; go on with: sluice workflow resume ${run.name} -n ${run.namespace}`,
        });
      },
      onLongWait: (step, { message = '' }) => {
        const text = `step ${step.name} has waited for more than a minute${message === '' ? '' : `: ${message}`}`;
        say({ type: 'Normal', reason: 'Waiting', message: text });
      },
      onWrite: () => metrics.statusWritten('written'),
      onRetry: (error) => this.onRetry(run, error),
      onEffect: (op, outcome, ms) => metrics.effect(op, outcome, ms / 1000),
      onEnd: (state) => {
        const seconds = ((state.endedAtMs ?? this.#now()) - state.startedAtMs) / 1000;
        metrics.runFinished(state.phase, seconds);
        log.info('run finished', { phase: state.phase, ms: Math.round(seconds * 1000) });
        if (state.phase === 'succeeded' || state.phase === 'failed' || state.phase === 'terminated')
          say(runFinishedEvent(state.phase, failedSteps(plan, state)));
      },
    };
  }
}

function failedSteps(plan: Plan, state: RunState): string {
  const failed = plan.steps.filter(({ path }) => state.steps[path]?.phase === 'failed');
  return failed.length === 0 ? '' : `failed: ${failed.map(({ name }) => name).join(', ')}`;
}

function stepsOf(object: KubeObject): readonly {
  readonly type: string;
  readonly phase: string;
  readonly reason?: string;
}[] {
  const { status } = object;
  const steps: Json = isObject(status) ? (status['steps'] ?? []) : [];
  if (!Array.isArray(steps)) return [];
  return steps.filter(isObject).map((step: JsonObject) => ({
    type: textAt(step, 'type'),
    phase: textAt(step, 'phase'),
    ...(typeof step['reason'] === 'string' ? { reason: step['reason'] } : {}),
  }));
}

function subjectOf({ namespace, name, uid }: WatchedRun): EventSubject {
  return { apiVersion: workflowApiVersion, kind: 'WorkflowRun', namespace, name, uid };
}

function isConflict(error: unknown): boolean {
  return isSluiceError(error) && error.details?.['statusCode'] === 409;
}

function faultFields(error: unknown): {
  readonly code?: string;
  readonly kind?: string;
  readonly error: string;
} {
  return isSluiceError(error)
    ? { code: error.code, kind: error.kind, error: error.message }
    : { error: messageOf(error) };
}
