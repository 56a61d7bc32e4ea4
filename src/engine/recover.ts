import { askParameters } from './call.ts';
import type { Draft } from './draft.ts';
import { onFailedAttempt } from './retry.ts';
import type { RunState, StepState } from './state.ts';
import { askCondition } from './schedule.ts';
import { observe } from './turn.ts';

/**
 * The state without intents that were never acted on, by their keys: their steps stand again where they ask their template,
 * and come to the same intents under the same keys.
 */
export function withdrawIntents(state: RunState, keys: ReadonlySet<string>): RunState {
  const steps = Object.entries(state.steps).map(([path, step]): [string, StepState] =>
    step.stage.kind === 'op' && keys.has(step.stage.key)
      ? [path, { ...step, stage: { kind: 'turn' } }]
      : [path, step],
  );
  return { ...state, steps: Object.fromEntries(steps) };
}

/** Asks again for whatever was under way when the last process ended. The stage of a step says what that was. */
export function onRecover(draft: Draft): void {
  for (const planned of draft.index.plan.steps) {
    const { path } = planned;
    const { stage } = draft.step(path);
    switch (stage.kind) {
      case 'condition':
        askCondition(draft, planned);
        break;
      case 'parameters':
        askParameters(draft, planned);
        break;
      case 'turn':
        draft.askTemplate(path);
        break;
      case 'op':
        // R3: an effect whose outcome is unknown is repeated under the same key, or not at all.
        if (stage.onUnknown === 'fail') {
          const message = 'the process ended while the request was under way';
          draft.setStep(path, { stage: { kind: 'turn' } });
          onFailedAttempt(draft, path, stage, { class: 'unknown', message, isRepeat: true });
        } else {
          draft.askTemplate(path);
        }
        break;
      case 'observe':
        observe(draft, path, draft.nowMs);
        break;
      case 'outputs':
        draft.askOutputs(planned);
        break;
      case 'waiting':
      case 'backoff':
      case 'suspended':
      case 'group':
      case 'done':
        break;
    }
  }
}
