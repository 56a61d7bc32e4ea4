import { gzipSync } from 'node:zlib';
import { stringifyJson, type Json } from '../../api/json.ts';
import type { Event } from '../../engine/events.ts';

/** What is longer is compressed to see whether it fits. */
const freeCharacters = 128 * 1024;
/** Of one value, compressed: with its journal, a run's state must fit an object of its own. */
const largestBytes = 128 * 1024;

/** Replaces what a run could not keep by an error that says so, before the engine learns of it. */
export function limitAnswer(event: Event | undefined): Event | undefined {
  if (event?.kind === 'op' && event.outcome.kind === 'ok') {
    const size = tooLarge(event.outcome.result);
    if (size === undefined) return event;
    const message = `the result is ${size}, more than a run can keep`;
    return { ...event, outcome: { kind: 'error', class: 'terminal', message } };
  }
  if (event?.kind === 'outputs') {
    const results = event.results.map((output) => {
      const size = output.result.ok ? tooLarge(output.result.value) : undefined;
      if (size === undefined) return output;
      const message = `the output is ${size}, more than a run can keep; hand it over through an object or a URL`;
      return {
        ...output,
        result: { ok: false, faults: [{ kind: 'evaluation' as const, message }] } as const,
      };
    });
    return { ...event, results };
  }
  return event;
}

function tooLarge(value: Json): string | undefined {
  const text = stringifyJson(value);
  if (text.length <= freeCharacters) return undefined;
  const bytes = gzipSync(text).length;
  if (bytes <= largestBytes) return undefined;
  return `${Math.ceil(text.length / 1024)} KiB (${Math.ceil(bytes / 1024)} KiB compressed)`;
}
