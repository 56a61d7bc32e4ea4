import { faultText } from './turn.ts';
import type { Draft } from './draft.ts';
import type { Event } from './events.ts';
import type { OutputValue } from './state.ts';

/**
 * Outputs of a step that ran. On a step that succeeded every output must have a value of its declared type, else the step
 * fails with Output and its effect is not repeated; on a step that failed, what has no value is null.
 */
export function onOutputs(draft: Draft, event: Extract<Event, { kind: 'outputs' }>): void {
  const { stage } = draft.step(event.step);
  if (stage.kind !== 'outputs') return;
  const planned = draft.planned(event.step);
  const problems: string[] = [];
  const made: { readonly name: string; readonly value: OutputValue }[] = [];
  for (const { name, result } of event.results) {
    const output = planned.outputs.find((candidate) => candidate.name === name);
    if (output === undefined) continue;
    if (result.ok) {
      const value = { value: result.value, step: event.step, sensitive: output.sensitive };
      made.push({ name, value });
    } else {
      problems.push(`failed to get output from ${output.valueFrom.text.trim()}: ${faultText(result.faults)}`);
    }
  }
  const { end } = stage;
  // In the list of all items, one that failed is null.
  const isKept = planned.item === undefined || (end.phase === 'succeeded' && problems.length === 0);
  for (const { name, value } of isKept ? made : []) draft.setOutput(name, value);
  if (problems.length > 0 && end.phase === 'succeeded') {
    draft.finish(event.step, { phase: 'failed', reason: 'Output', message: problems.join('; ') });
  } else {
    draft.finish(event.step, end);
  }
}
