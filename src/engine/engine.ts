import type { OpRegistry } from '../api/op-spec.ts';
import type { Plan } from '../plan/plan.ts';
import { onParameters } from './call.ts';
import { onCommand } from './commands.ts';
import { nextWakeMs, onTime } from './deadlines.ts';
import { Draft } from './draft.ts';
import type { Effect, Event } from './events.ts';
import { onObserved, onOpResult } from './op-result.ts';
import { onOutputs } from './outputs.ts';
import { openIndexes } from './plan-index.ts';
import { isHeard, onGroup, onTakenUp, whileQueued } from './queue.ts';
import { onRecover } from './recover.ts';
import { settleRun } from './run-phase.ts';
import { schedule, skip } from './schedule.ts';
import { endingOf } from './sections.ts';
import type { RunState } from './state.ts';
import { faultText, onTurn } from './turn.ts';

/*
 * Invariants; the code that upholds one names it.
 * R1  An effect is asked for only together with a state that holds its intent.
 * R2  An intent takes one answer; late, repeated and foreign answers change nothing.
 * R3  After a crash an open intent is repeated under its own key, or its step fails with Unknown.
 * R4  A step that is done never changes again, and the run ends exactly once.
 * R5  An expression that cannot be evaluated fails its step; it never skips it and never lets it pass.
 * R6  A step that requires gates begins, and each of its effects is asked for, only while the verdict of every one is open.
 * R7  The list of a step with `forEach` is fixed in the state when the step begins; its items are steps as any other.
 * R8  The parameters of a Workflow that a step calls are fixed in the state before the first of its steps begins.
 */

export interface Decision {
  readonly state: RunState;
  readonly effects: readonly Effect[];
  /** When an event of kind `time` is due; undefined when time alone changes nothing. */
  readonly wakeAtMs: number | undefined;
}

/** Decides what a run does next. Pure and synchronous: all it knows comes in as arguments. */
export interface Engine {
  decide(state: RunState, event: Event, nowMs: number): Decision;
}

export function openEngine(plan: Plan, ops: OpRegistry): Engine {
  const indexFor = openIndexes(plan, ops);
  return {
    decide(state, event, nowMs) {
      // R4
      if (state.endedAtMs !== undefined) return { state, effects: [], wakeAtMs: undefined };
      const draft = new Draft(indexFor, state, nowMs);
      if (isKnown(event, state) && isHeard(event, state)) handle(draft, event);
      const isQueued = draft.state.queue !== undefined;
      if (!isQueued) {
        onTime(draft);
        schedule(draft);
      }
      settleRun(draft);
      const isOver = draft.state.endedAtMs !== undefined;
      return {
        state: draft.state,
        effects: isQueued ? whileQueued(draft.effects) : draft.effects,
        wakeAtMs: isOver || isQueued ? undefined : nextWakeMs(draft),
      };
    },
  };
}

/** R2: an answer for an item of a list that this state has not fixed yet is of a process that died before it stored one. */
function isKnown(event: Event, { steps }: RunState): boolean {
  return !('step' in event) || event.kind === 'command' || Object.hasOwn(steps, event.step);
}

function handle(draft: Draft, event: Event): void {
  switch (event.kind) {
    case 'start':
    case 'time':
      return;
    case 'recover':
      return draft.index.plan.concurrency === undefined ? onRecover(draft) : onTakenUp(draft);
    case 'group':
      return onGroup(draft, event);
    case 'condition':
      return onCondition(draft, event);
    case 'parameters':
      return onParameters(draft, event);
    case 'turn':
      return onTurn(draft, event);
    case 'op':
      return onOpResult(draft, event);
    case 'observed':
      return onObserved(draft, event);
    case 'outputs':
      return onOutputs(draft, event);
    case 'command':
      return onCommand(draft, event);
  }
}

function onCondition(draft: Draft, event: Extract<Event, { kind: 'condition' }>): void {
  const { step: path, result } = event;
  if (draft.step(path).stage.kind !== 'condition') return;
  const step = draft.planned(path);
  const text = step.condition?.text ?? '';
  const ending = endingOf(draft);
  // R5
  if (!result.ok) {
    draft.end(path, {
      phase: 'failed',
      reason: 'Condition',
      message: `if: ${text}: ${faultText(result.faults)}`,
    });
  } else if (typeof result.value !== 'boolean') {
    const found =
      result.value === null ? 'null' : Array.isArray(result.value) ? 'a list' : `a ${typeof result.value}`;
    const message = `if: ${text}: the result is ${found}, not true or false`;
    draft.end(path, { phase: 'failed', reason: 'Condition', message });
  } else if (ending?.sparesConditions === false) {
    skip(draft, step, ending.message);
  } else if (result.value) {
    draft.begin(step);
  } else {
    skip(draft, step, `if: ${text} is false`);
  }
}
