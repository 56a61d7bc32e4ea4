import { stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import { parseDuration } from '../api/duration.ts';
import type { ExprFault } from '../expr/expression.ts';
import type { Recorded, Turn } from '../expr/template.ts';
import type { Draft } from './draft.ts';
import type { Event } from './events.ts';
import { requiredVerdicts } from './requirements.ts';
import { doVariable } from './variables.ts';
import type { StepState } from './state.ts';

/** A template that asks for more ops than this does not end. */
const opLimit = 1000;
const pollMs = { first: 1000, max: 30_000 };

/** The template's answer: an op to do, its end, or an error. */
export function onTurn(draft: Draft, event: Extract<Event, { kind: 'turn' }>): void {
  const { step: path, result } = event;
  const step = draft.step(path);
  if (step.stage.kind !== 'turn' || step.turn !== event.turn || draft.isHeld(path)) return;
  switch (result.kind) {
    case 'error':
      draft.end(path, {
        phase: 'failed',
        reason: reasonOf(result.faults),
        message: faultText(result.faults),
      });
      return;
    case 'done':
      succeed(draft, path);
      return;
    case 'op':
      if (step.recorded.length >= opLimit) {
        const message = `the template did not end within ${opLimit} ops`;
        draft.end(path, { phase: 'failed', reason: 'Rendering', message });
      } else {
        onOp(draft, path, result, event.digest);
      }
  }
}

function succeed(draft: Draft, path: string): void {
  // A message that the template set stays; what it waited for does not.
  const { reason, message } = draft.step(path);
  const kept = reason === undefined ? message : undefined;
  draft.end(path, { phase: 'succeeded', ...(kept === undefined ? {} : { message: kept }) });
}

type OpTurn = Extract<Turn, { kind: 'op' }>;

/** Control ops are decided here; all others become an intent. */
function onOp(draft: Draft, path: string, turn: OpTurn, digest: string): void {
  const { params } = turn;
  switch (turn.op) {
    case 'wait':
      return onWait(draft, path, turn);
    case 'fail':
      return draft.end(path, { phase: 'failed', reason: 'Action', message: text(params['message']) });
    case 'break':
      if (refuseInHandler(draft, path, turn)) return;
      draft.setRun({ terminated: draft.state.terminated ?? 'break' });
      record(draft, path, turn, {});
      return draft.end(path, { phase: 'succeeded', reason: 'Terminate', message: text(params['message']) });
    case 'message':
      draft.setPhase(path, 'running', undefined, text(params['message']));
      return next(draft, path, turn);
    case 'var':
      return onVariable(draft, path, turn);
    case 'log':
      return onLog(draft, path, turn);
    case 'suspend':
      return onSuspend(draft, path, turn);
    default:
      return intend(draft, path, turn, digest);
  }
}

function onWait(draft: Draft, path: string, turn: OpTurn): void {
  const { wait: held, ...step } = draft.step(path);
  if (turn.params['continue'] === true) {
    draft.replaceStep(path, step);
    draft.setPhase(path, 'running');
    next(draft, path, turn);
    return;
  }
  const wait = held ?? { sinceMs: draft.nowMs, polls: 0 };
  const backoffMs = Math.min(pollMs.first * 2 ** Math.min(wait.polls, 10), pollMs.max);
  const pollAtMs = draft.nowMs + (afterMs(turn.params['after']) ?? backoffMs);
  draft.setPhase(path, 'running', 'Wait', text(turn.params['message']));
  draft.setStep(path, {
    stage: { kind: 'observe', deps: turn.deps, pollAtMs },
    wait: { sinceMs: wait.sinceMs, polls: wait.polls + 1 },
  });
  observe(draft, path, pollAtMs);
}

/** When a wait says itself when to look again; not so soon that it would be a busy loop. */
function afterMs(after: Json | undefined): number | undefined {
  const ms = typeof after === 'string' ? parseDuration(after) : undefined;
  return ms === undefined ? undefined : Math.max(ms, 50);
}

/** Asks the shell to watch what the wait of this step depends on. */
export function observe(draft: Draft, path: string, pollAtMs: number): void {
  const { stage, recorded, turn } = draft.step(path);
  if (stage.kind !== 'observe') return;
  const watched = recorded.filter((op) => stage.deps.includes(op.path));
  draft.effects.push({ kind: 'observe', step: path, turn, recorded: watched, pollAtMs });
}

function onLog(draft: Draft, path: string, turn: OpTurn): void {
  const data = turn.params['data'];
  if (data !== undefined && data !== null) {
    const key = `${draft.state.nonce}/${path}/${turn.path}`;
    draft.effects.push({ kind: 'log', step: path, key, text: text(data) });
  }
  next(draft, path, turn);
}

/** A handler neither ends the run nor holds it: its end would wait for a person, who may never come. */
function refuseInHandler(draft: Draft, path: string, { op }: OpTurn): boolean {
  const { section } = draft.planned(path);
  if (section === undefined) return false;
  const message = `${op}: a step of \`${section}\` can neither suspend the run nor end it`;
  draft.end(path, { phase: 'failed', reason: 'Action', message });
  return true;
}

function onVariable(draft: Draft, path: string, turn: OpTurn): void {
  const done = doVariable(draft, path, turn.params);
  if (!done.ok) {
    draft.end(path, { phase: 'failed', reason: 'Input', message: `${turn.path}: ${done.message}` });
    return;
  }
  record(draft, path, turn, { value: done.value });
  draft.askTemplate(path);
}

function onSuspend(draft: Draft, path: string, turn: OpTurn): void {
  if (refuseInHandler(draft, path, turn)) return;
  const duration = turn.params['duration'];
  const ms = typeof duration === 'string' && duration !== '' ? parseDuration(duration) : undefined;
  if (typeof duration === 'string' && duration !== '' && ms === undefined) {
    const message = `suspend: "${duration}" is no duration (write 30s, 10m or 1h30m)`;
    draft.end(path, { phase: 'failed', reason: 'Input', message });
    return;
  }
  const stage = { kind: 'suspended', path: turn.path, sinceMs: draft.nowMs } as const;
  const message = text(turn.params['message']);
  draft.setPhase(path, 'suspending', 'Suspend', message === '' ? `Suspended by field ${turn.path}` : message);
  draft.setStep(path, { stage: ms === undefined ? stage : { ...stage, untilMs: draft.nowMs + ms } });
}

/** A suspended step goes on: its suspend op counts as done. */
export function resumeStep(draft: Draft, path: string): void {
  const { stage, recorded } = draft.step(path);
  if (stage.kind !== 'suspended') return;
  draft.setPhase(path, 'running');
  draft.setStep(path, {
    recorded: [...recorded, { path: stage.path, op: 'suspend', style: 'inline', result: {} }],
  });
  draft.askTemplate(path);
}

function intend(draft: Draft, path: string, turn: OpTurn, digest: string): void {
  const spec = draft.index.ops.get(turn.op);
  if (spec === undefined) {
    draft.end(path, { phase: 'failed', reason: 'Rendering', message: `there is no op "${turn.op}"` });
    return;
  }
  // R6: a verdict may have expired since the step began.
  if (draft.refuses(draft.planned(path))) return;
  const params = withRetryStatus(draft, path, turn);
  const onUnknown = spec.pure ? 'retry' : spec.onUnknown(params);
  const key = `${draft.state.nonce}/${path}/${turn.path}/${draft.step(path).attempt}`;
  const verdicts = requiredVerdicts(draft.planned(path), draft.state);
  // R1: the intent is part of the state before the effect is asked for.
  draft.setPhase(
    path,
    'running',
    undefined,
    draft.step(path).reason === undefined ? draft.step(path).message : undefined,
  );
  const { attemptTimeoutMs } = draft.planned(path).retry;
  const until = attemptTimeoutMs === undefined ? {} : { untilMs: draft.nowMs + attemptTimeoutMs };
  draft.setStep(path, {
    stage: { kind: 'op', op: turn.op, path: turn.path, key, digest, onUnknown, ...until, style: turn.style },
    ...firstTried(draft, path, turn.path),
  });
  draft.effects.push({
    kind: 'perform',
    step: path,
    key,
    op: turn.op,
    path: turn.path,
    params,
    storeFirst: onUnknown === 'fail',
    ...(verdicts.length === 0 ? {} : { verdicts }),
  });
}

/** Since when the op is tried, where that matters. */
function firstTried(draft: Draft, path: string, opPath: string): Pick<StepState, 'tried'> {
  const { tried } = draft.step(path);
  const isKept = draft.planned(path).retry.deadlineMs === undefined || tried?.path === opPath;
  return isKept ? {} : { tried: { path: opPath, sinceMs: draft.nowMs } };
}

/** The step's own `retry.onStatus` reaches every op that knows such a parameter. */
function withRetryStatus(draft: Draft, path: string, turn: OpTurn): JsonObject {
  const { onStatus } = draft.planned(path).retry;
  return (turn.op === 'http' || turn.op === 'call-provider') && onStatus.length > 0
    ? { ...turn.params, retryOnStatus: onStatus }
    : turn.params;
}

function next(draft: Draft, path: string, turn: OpTurn): void {
  record(draft, path, turn, {});
  draft.askTemplate(path);
}

function record(draft: Draft, path: string, turn: OpTurn, result: Json): void {
  const entry: Recorded = { path: turn.path, op: turn.op, style: turn.style, result };
  draft.setStep(path, { recorded: [...draft.step(path).recorded, entry] });
}

function reasonOf(faults: readonly ExprFault[]): 'Input' | 'Rendering' {
  return faults.length > 0 && faults.every((fault) => fault.kind === 'parameter') ? 'Input' : 'Rendering';
}

/** Faults as one message: what, and where in the author's text. */
export function faultText(faults: readonly ExprFault[]): string {
  const lines = faults.slice(0, 5).map((fault) => {
    const place = fault.at === undefined ? '' : ` (${fault.at.source}:${fault.at.line}:${fault.at.column})`;
    const saysPath = fault.path === undefined || fault.message.startsWith(fault.path);
    const path = saysPath ? '' : `${fault.path}: `;
    return `${path}${fault.message}${place}${fault.hint === undefined ? '' : `; ${fault.hint}`}`;
  });
  if (faults.length > 5) lines.push(`and ${faults.length - 5} more`);
  return lines.join('; ');
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value, 2);
}
