import { parseJson, stringifyJson } from '../api/json.ts';
import type { CueRequest, CueResponse } from './protocol.ts';

/** An answer of the module, and what it will answer to later requests, as texts. */
export interface Foretold {
  readonly answer: string;
  readonly later: readonly { readonly request: string; readonly answer: string }[];
}

/**
 * Takes apart what the module answered to `next`: it also says how it goes on while each op comes to `{}`, as a log or a
 * message does. Those requests then need no evaluation.
 */
export function readForetold(request: CueRequest, text: string): Foretold {
  if (request.fn !== 'next' || !text.includes('"after":')) return { answer: text, later: [] };
  const { after = [], ...now } = parseJson(text) as unknown as CueResponse;
  const later = [];
  let asked = request;
  let before: CueResponse = now;
  for (const response of after) {
    if (before.action === undefined) break;
    const { path, style } = before.action;
    asked = { ...asked, results: [...asked.results, { path, style, result: {} }] };
    later.push({ request: stringifyJson(asked), answer: stringifyJson(response) });
    before = response;
  }
  return { answer: stringifyJson(now), later };
}
