import { formatDuration } from '../api/duration.ts';
import { addUse, noUse } from '../api/model-use.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { Draft } from './draft.ts';
import type { Event } from './events.ts';

/** A server may ask for patience, but not for a day. */
const longestRetryAfterMs = 10 * 60_000;

/** What performing an op came to: a record, a retry, or the end of the step. */
export function onOpResult(draft: Draft, event: Extract<Event, { kind: 'op' }>): void {
  const { step: path, outcome } = event;
  const step = draft.step(path);
  // R2: only the intent that is open takes an answer, and only once.
  if (step.stage.kind !== 'op' || step.stage.key !== event.key) return;
  if (outcome.use !== undefined) draft.setStep(path, { use: addUse(step.use ?? noUse, outcome.use) });
  if (outcome.kind === 'error') {
    onError(draft, path, step.stage.path, outcome);
    return;
  }
  const { op, path: opPath, style } = step.stage;
  const entry = { path: opPath, op, style, result: outcome.result };
  draft.setStep(path, {
    recorded: [...step.recorded, outcome.watch === undefined ? entry : { ...entry, watch: outcome.watch }],
    attempt: 1,
    retries: 0,
    ...(outcome.verdict === undefined ? {} : { verdict: outcome.verdict }),
  });
  if (outcome.notice !== undefined) {
    const key = `${draft.state.nonce}/${path}/${opPath}/notice`;
    draft.effects.push({ kind: 'log', step: path, key, text: outcome.notice, notice: true });
  }
  draft.askTemplate(path);
}

function onError(
  draft: Draft,
  path: string,
  opPath: string,
  outcome: Extract<OpOutcome, { kind: 'error' }>,
): void {
  const step = draft.step(path);
  const { retry } = draft.planned(path);
  if (outcome.refused !== undefined) {
    draft.refuse(path, outcome.refused, outcome.message);
    return;
  }
  const message = `${opPath}: ${outcome.message}`;
  if (outcome.class === 'indeterminate') {
    draft.end(path, { phase: 'failed', reason: 'Unknown', message: `${message}; it may have happened` });
    return;
  }
  const retries = step.retries ?? 0;
  if (outcome.class === 'terminal' || retries >= retry.limit) {
    const tried = retries > 0 ? ` (after ${retries} ${retries === 1 ? 'retry' : 'retries'})` : '';
    draft.end(path, { phase: 'failed', reason: 'FailedAfterRetries', message: message + tried });
    return;
  }
  const backoff = Math.min(retry.delayMs * 2 ** Math.min(retries, 20), retry.maxDelayMs);
  const delayMs = Math.max(backoff, Math.min(outcome.retryAfterMs ?? 0, longestRetryAfterMs));
  const plan = `retry ${retries + 1} of ${retry.limit} in ${formatDuration(delayMs)}`;
  draft.setPhase(path, 'failed', 'Execute', `${message}; ${plan}`);
  draft.setStep(path, {
    stage: { kind: 'backoff', untilMs: draft.nowMs + delayMs, path: opPath },
    // A repeat of what may have happened keeps its key; what is known to have failed is tried anew under another.
    attempt: outcome.isRepeat === true ? step.attempt : step.attempt + 1,
    retries: retries + 1,
    lastMs: draft.nowMs,
  });
}

/** What a wait depends on was read again: ask the template whether it is content now. */
export function onObserved(draft: Draft, event: Extract<Event, { kind: 'observed' }>): void {
  const step = draft.step(event.step);
  if (step.stage.kind !== 'observe' || step.turn !== event.turn) return;
  const recorded = step.recorded.map((op) => {
    const result = event.results[op.path];
    return result === undefined ? op : { ...op, result };
  });
  draft.setStep(event.step, { recorded });
  draft.askTemplate(event.step);
}
