import { isSluiceError } from '../api/errors.ts';
import type { OpRegistry } from '../api/op-spec.ts';
import type { KeptVerdict } from '../api/kept-verdict.ts';
import type { SecretMask } from '../api/secret-mask.ts';
import { stringifyJson, type JsonObject } from '../api/json.ts';
import { openEngine } from '../engine/engine.ts';
import type { Event } from '../engine/events.ts';
import { progressOf, statusOf } from '../engine/status.ts';
import type { RunState } from '../engine/state.ts';
import { viewOf, type RunView, type StepView } from '../engine/view.ts';
import type { Plan } from '../plan/plan.ts';
import type { LogRecord, RunChange, RunStore, StoredRun } from '../store/port.ts';
import type { StepType } from '../step-types/step-type.ts';
import { answerEffects, type AnswerParts } from './answer-effects.ts';
import { askForTurn, type TurnPorts } from './ask-for-turn.ts';
import { RunLoop } from './run-loop.ts';
import { serially } from './serially.ts';
import type { ExecuteOptions, RunObserver, RunResult } from './session.ts';

/** A run that this process holds. */
export interface HeldRun {
  readonly stored: StoredRun;
  readonly plan: Plan;
  readonly state: RunState;
  /** The document's value: what the finished object shows as metadata and spec. */
  readonly document: JsonObject;
  readonly stepTypes: ReadonlyMap<string, StepType>;
}

export interface ExecutionPorts {
  readonly ops: OpRegistry;
  readonly store: RunStore;
  readonly replace: TurnPorts['replace'];
  readonly mask: SecretMask;
  readonly evaluators: AnswerParts['evaluators'];
  readonly surroundings: AnswerParts['surroundings'];
  readonly now: () => number;
}

/** Drives a held run until it ends, a person is needed, or the signal aborts. `first` is `start` or `recover`. */
export async function execute(
  held: HeldRun,
  first: Event,
  ports: ExecutionPorts,
  observer: RunObserver,
  options: ExecuteOptions,
): Promise<RunResult> {
  const { plan, stored } = held;
  const { mask, store } = ports;
  const answer = answerEffects({
    plan,
    runId: stored.id,
    stepTypes: held.stepTypes,
    mask,
    evaluators: ports.evaluators,
    surroundings: { ...ports.surroundings, ...watched(observer, mask) },
    now: ports.now,
  });
  let { version } = stored;
  let isLeft = false;
  const loop = new RunLoop(openEngine(plan, ports.ops), held.state, {
    now: ports.now,
    async save(state, logs) {
      version = await store.save(stored.id, version, changeOf(state, logs, mask));
    },
    answer,
    onDecision(state, logs) {
      for (const record of logs) observer.onLog(maskLog(record, mask));
      const view = maskView(viewOf(plan, state), mask);
      observer.onView(view);
      if (options.leaveWhenSuspended && needsPerson(view)) {
        isLeft = true;
        void loop.stop();
      }
    },
  });

  const listening = new AbortController();
  const commands = serially(() => feedCommands(loop, store, stored.id));
  store.onChange(commands, listening.signal);
  const stop = (): void => void loop.stop();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    // A command that was left while nobody drove the run comes first: a run that was resumed must not be left again
    // because it still looks suspended.
    await feedCommands(loop, store, stored.id);
    if (options.signal.aborted) await loop.stop();
    else loop.feed(first);
    if (plan.concurrency !== undefined)
      askForTurn(loop, stored.id, plan.concurrency, ports, listening.signal);
    const state = await loop.done;
    return resultOf(held, state, mask, 'finished');
  } catch (error) {
    if (!isSluiceError(error) || error.code !== 'Stopped') throw error;
    if (isLeft) return resultOf(held, loop.state, mask, 'waiting');
    return resultOf(held, loop.state, mask, 'stopped');
  } finally {
    options.signal.removeEventListener('abort', stop);
    listening.abort('over');
    await store.release(stored.id);
  }
}

function watched({ onAnswer }: RunObserver, mask: SecretMask): Pick<AnswerParts['surroundings'], 'onAnswer'> {
  return onAnswer === undefined ? {} : { onAnswer: (step, text) => onAnswer(step, mask.mask(text)) };
}

export function resultOf(
  held: Pick<HeldRun, 'plan' | 'document' | 'stored'>,
  state: RunState,
  mask: SecretMask,
  end: RunResult['end'],
): RunResult {
  return {
    ref: held.stored.ref,
    view: maskView(viewOf(held.plan, state), mask),
    object: runObject(held.plan, held.document, state, mask),
    end,
  };
}

/** The WorkflowRun with its status. The author's own text in `spec` stays as it is; the status is masked. */
export function runObject(plan: Plan, document: JsonObject, state: RunState, mask: SecretMask): JsonObject {
  const { apiVersion, kind, metadata, ...rest } = document;
  const { name, namespace } = plan.run;
  return {
    apiVersion: apiVersion ?? null,
    kind: kind ?? null,
    metadata: { ...(metadata as JsonObject), name, namespace },
    ...rest,
    status: mask.maskJson(JSON.parse(JSON.stringify(statusOf(plan, state)))),
  };
}

/** What a save holds. Messages and logs are masked; what a later process must go on from is not. */
export function changeOf(state: RunState, logs: readonly LogRecord[], mask: SecretMask): RunChange {
  return {
    state: stateText(state, mask),
    phase: state.phase,
    finished: state.endedAtMs !== undefined,
    ...(state.endedAtMs === undefined ? {} : { endedAtMs: state.endedAtMs }),
    progress: progressOf(state),
    logs: logs.map((record) => maskLog(record, mask)),
    secrets: mask.values(),
  };
}

export function maskView(view: RunView, mask: SecretMask): RunView {
  if (mask.values().length === 0) return view;
  const maskStep = (step: StepView): StepView => ({
    ...step,
    message: step.message === undefined ? undefined : mask.mask(step.message),
    subSteps: step.subSteps.map(maskStep),
    ...(step.notes?.verdict === undefined
      ? {}
      : { notes: { ...step.notes, verdict: maskReasons(step.notes.verdict, mask) } }),
  });
  return { ...view, steps: view.steps.map(maskStep) };
}

/** Reasons quote evidence, as messages do. */
function maskReasons<V extends Pick<KeptVerdict, 'reasons'>>(verdict: V, mask: SecretMask): V {
  return { ...verdict, reasons: verdict.reasons.map((reason) => mask.mask(reason)) };
}

/** The state as it is stored: messages and reasons masked, what a later process must go on from not. */
export function stateText(state: RunState, mask: SecretMask): string {
  if (mask.values().length === 0) return stringifyJson(state);
  const steps = Object.fromEntries(
    Object.entries(state.steps).map(([path, step]) => [
      path,
      {
        ...step,
        ...(step.message === undefined ? {} : { message: mask.mask(step.message) }),
        ...(step.verdict === undefined ? {} : { verdict: maskReasons(step.verdict, mask) }),
      },
    ]),
  );
  return stringifyJson({ ...state, steps });
}

export function maskLog(record: LogRecord, mask: SecretMask): LogRecord {
  return { ...record, text: mask.mask(record.text) };
}

/** Nothing goes on by itself: the run is suspended, and neither a duration nor another step will change that. */
export function needsPerson(view: RunView): boolean {
  if (view.phase !== 'suspending') return false;
  const all = view.steps.flatMap((step) => [step, ...step.subSteps]);
  return all.every(({ waiting }) => waiting?.kind !== 'person' || waiting.resumesAtMs === undefined);
}

async function feedCommands(loop: RunLoop, store: RunStore, id: string): Promise<void> {
  // A store that cannot be read shows when the run is saved.
  const commands = await store.commands(id, loop.state.commandSeq).catch(() => []);
  for (const { seq, kind, step } of commands) {
    loop.feed({ kind: 'command', seq, command: kind, ...(step === undefined ? {} : { step }) });
  }
}
