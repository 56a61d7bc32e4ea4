import { addUse, noUse } from '../api/model-use.ts';
import type { Draft } from './draft.ts';
import type { Event } from './events.ts';
import { onFailedAttempt } from './retry.ts';

/** What performing an op came to: a record, a retry, or the end of the step. */
export function onOpResult(draft: Draft, event: Extract<Event, { kind: 'op' }>): void {
  const { step: path, outcome } = event;
  const step = draft.step(path);
  // R2: only the intent that is open takes an answer, and only once.
  if (step.stage.kind !== 'op' || step.stage.key !== event.key) return;
  if (outcome.use !== undefined) draft.setStep(path, { use: addUse(step.use ?? noUse, outcome.use) });
  if (outcome.kind === 'error') {
    if (outcome.refused !== undefined) return draft.refuse(path, outcome.refused, outcome.message);
    onFailedAttempt(draft, path, step.stage, {
      class: outcome.class === 'indeterminate' ? 'unknown' : outcome.class,
      message: outcome.message,
      isRepeat: outcome.class === 'indeterminate' || outcome.isRepeat === true,
      ...(outcome.retryAfterMs === undefined ? {} : { retryAfterMs: outcome.retryAfterMs }),
    });
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
