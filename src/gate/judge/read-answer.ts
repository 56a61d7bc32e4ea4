import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { readStrictJson } from '../strict-json.ts';

export interface Answer {
  readonly id: string;
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Text of the evidence that shows it; '' with none. */
  readonly quote: string;
  /** Reference of the evidence that the quote is from; '' with none. */
  readonly evidence: string;
}

/** What was asked in one call. */
export interface Asked {
  readonly nonce: string;
  readonly ids: readonly string[];
  /** This is already the repaired answer: there is no second repair. */
  readonly isRepair?: boolean;
}

export type ReadAnswer =
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] }
  /** To be asked for once more, under the same nonce, with this problem. */
  | { readonly kind: 'repair'; readonly problem: string }
  | { readonly kind: 'error'; readonly problem: string };

const bounds = { maxBytes: 256 * 1024, maxDepth: 4 };
const answerKeys = ['id', 'answer', 'quote', 'evidence'];
const values: readonly string[] = ['yes', 'no', 'unknown'];

/**
 * Reads a judge's answer: one JSON value with nothing around it, this call's nonce, each asked id exactly once, and no other
 * field. There is no field that says pass, score or confidence, so no text of a model can fill one. Problems never quote the
 * answer.
 */
export function readAnswer(text: string, asked: Asked): ReadAnswer {
  const refuse = (problem: string): ReadAnswer => ({
    kind: asked.isRepair === true ? 'error' : 'repair',
    problem,
  });
  const json = readStrictJson(text, bounds);
  if (!json.ok) return refuse(json.message);
  const root = json.value;
  if (!isObject(root)) return refuse('it must be a JSON object');
  const extra = keysFault(root, ['nonce', 'answers'], 'the answer');
  if (extra !== undefined) return refuse(extra);
  if (root['nonce'] !== asked.nonce) return refuse('the nonce is not that of this question');
  const { answers } = root;
  if (!Array.isArray(answers)) return refuse('`answers` must be a list');
  const read = new Map<string, Answer>();
  for (const [index, each] of (answers as readonly Json[]).entries()) {
    const answer = readOne(each, index, asked);
    if (typeof answer === 'string') return refuse(answer);
    if (read.has(answer.id)) return refuse(`answers[${index}] answers an id again`);
    read.set(answer.id, answer);
  }
  const missing = asked.ids.filter((id) => !read.has(id));
  if (missing.length > 0) return refuse(`no answer to ${missing.join(', ')}`);
  return { kind: 'answers', answers: [...read.values()] };
}

/** JSON Schema of that answer, for providers that hold a model to one. */
export function answerSchema({ nonce, ids }: Asked): JsonObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['nonce', 'answers'],
    properties: {
      nonce: { type: 'string', const: nonce },
      answers: {
        type: 'array',
        minItems: ids.length,
        maxItems: ids.length,
        items: {
          type: 'object',
          additionalProperties: false,
          required: answerKeys,
          properties: {
            id: { type: 'string', enum: ids },
            answer: { type: 'string', enum: values },
            quote: { type: 'string' },
            evidence: { type: 'string' },
          },
        },
      },
    },
  };
}

function readOne(value: Json, index: number, asked: Asked): Answer | string {
  const at = `answers[${index}]`;
  if (!isObject(value)) return `${at} must be an object`;
  const fault = keysFault(value, answerKeys, at);
  if (fault !== undefined) return fault;
  const { id, answer, quote, evidence } = value;
  if (typeof id !== 'string' || !asked.ids.includes(id)) return `${at}.id is none of the ids that were asked`;
  if (typeof answer !== 'string' || !values.includes(answer))
    return `${at}.answer must be yes, no or unknown`;
  if (typeof quote !== 'string') return `${at}.quote must be text`;
  if (typeof evidence !== 'string') return `${at}.evidence must be text`;
  return { id, answer: answer as Answer['answer'], quote, evidence };
}

function keysFault(value: JsonObject, keys: readonly string[], what: string): string | undefined {
  const missing = keys.filter((key) => !Object.hasOwn(value, key));
  if (missing.length > 0) return `${what} has no ${missing.join(', ')}`;
  return Object.keys(value).length > keys.length
    ? `${what} has more fields than ${keys.join(', ')}`
    : undefined;
}
