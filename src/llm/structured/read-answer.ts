import type { JsonObject } from '../../api/json.ts';
import { readJson, type JsonLicence } from './json-reader.ts';
import { splitThinking } from './split-thinking.ts';

/** What stood in an answer beside its object. Whoever reads it decides what to accept. */
export type Tolerance = JsonLicence | 'thinking' | 'unclosed-thinking' | 'fence' | 'text-around';

export type AnswerDefect =
  | 'no-object'
  | 'several-objects'
  | 'duplicate-key'
  | 'malformed'
  /** The text ends inside of the object. */
  | 'cut-off'
  | 'too-deep';

export type AnswerReading =
  | { readonly kind: 'object'; readonly value: JsonObject; readonly tolerated: ReadonlySet<Tolerance> }
  | { readonly kind: 'defect'; readonly defect: AnswerDefect };

/**
 * The one JSON object in the text of an answer. Nothing is chosen: two objects, or a key twice, are a defect, as is text that
 * begins like an object and is none. Takes time in proportion to the text.
 */
export function readAnswer(text: string): AnswerReading {
  const { answer, thinking, isUnclosed } = splitThinking(text.replace(/^\uFEFF/, ''));
  const found = onlyObject(answer);
  if ('defect' in found) return { kind: 'defect', defect: found.defect };
  const tolerated = new Set<Tolerance>(found.taken);
  if (thinking.trim() !== '') tolerated.add('thinking');
  if (isUnclosed) tolerated.add('unclosed-thinking');
  // What comes before the object in an open block is thinking; after it, it is not.
  const around = isUnclosed ? [found.after] : [found.before, found.after];
  if (/```/.test(found.before)) tolerated.add('fence');
  if (around.some((part) => withoutFence(part) !== '')) tolerated.add('text-around');
  return { kind: 'object', value: found.value, tolerated };
}

interface Found {
  readonly value: JsonObject;
  readonly taken: ReadonlySet<JsonLicence>;
  readonly before: string;
  readonly after: string;
}

function onlyObject(text: string): Found | { readonly defect: AnswerDefect } {
  let found: Found | undefined;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', at)) {
    if (isProse(text, at)) {
      at += 1;
      continue;
    }
    const reading = readJson(text, at);
    if (reading.kind === 'fault') return { defect: reading.fault };
    if (found !== undefined) return { defect: 'several-objects' };
    if (reading.duplicate !== undefined) return { defect: 'duplicate-key' };
    const { taken, end } = reading;
    found = { value: reading.value as JsonObject, taken, before: text.slice(0, at), after: text.slice(end) };
    at = end;
  }
  return found ?? { defect: 'no-object' };
}

const noObject = /\{[ \t\r\n]*[^ \t\r\n"}]/y;

/** Whether a brace opens no object, such as that of `{name}`. */
function isProse(text: string, at: number): boolean {
  noObject.lastIndex = at;
  return noObject.test(text);
}

/** A fence says what is between its lines; it is no text of its own. */
function withoutFence(text: string): string {
  return text.replaceAll(/```(?:json5?|jsonc)?/gi, '').trim();
}
