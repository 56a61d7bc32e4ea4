import { isObject } from '../api/json.ts';
import type { TokenUsage } from './model-client.ts';

/** What a server said, before anyone judges it. */
export interface Completion {
  readonly text: string;
  readonly thinking: string;
  readonly refusal: string;
  /** `stop`, `length`, `content_filter`…; undefined when the answer was broken off before it was said. */
  readonly finish: string | undefined;
  readonly model: string;
  readonly usage: TokenUsage | undefined;
}

/** Gathers a completion from chunks, or from one whole answer. */
export interface CompletionReader {
  /** Takes a chunk of a stream; false when it is none. */
  chunk(value: unknown): boolean;
  /** Takes a whole answer; false when it is none, or has not exactly one choice. */
  whole(value: unknown): boolean;
  result(): Completion;
}

/** `onText` is told of each piece of the answer's text. */
export function openCompletionReader(onText: (text: string) => void): CompletionReader {
  const text: string[] = [];
  const thinking: string[] = [];
  const refusal: string[] = [];
  let finish: string | undefined;
  let model = '';
  let usage: TokenUsage | undefined;

  function head(value: Record<string, unknown>): void {
    if (typeof value['model'] === 'string' && value['model'] !== '') model = value['model'].slice(0, 200);
    usage = usageOf(value['usage']) ?? usage;
  }

  function message(value: unknown): void {
    if (!isObject(value)) return;
    const piece = contentOf(value['content']);
    thinking.push(
      textOf(value['reasoning_content']) || textOf(value['reasoning']) || textOf(value['thinking']),
    );
    refusal.push(textOf(value['refusal']));
    if (piece === '') return;
    text.push(piece);
    onText(piece);
  }

  function choice(value: unknown, part: 'delta' | 'message'): boolean {
    if (!isObject(value)) return false;
    message(value[part]);
    if (typeof value['finish_reason'] === 'string') finish = value['finish_reason'];
    return true;
  }

  return {
    chunk(value) {
      if (!isObject(value)) return false;
      head(value);
      const choices = value['choices'];
      // Counts, and what a filter said of the prompt, come in chunks without a choice.
      if (choices === undefined || choices === null) return true;
      return Array.isArray(choices) && choices.length <= 1 && choices.every((each) => choice(each, 'delta'));
    },
    whole(value) {
      if (!isObject(value)) return false;
      const choices = value['choices'];
      if (!Array.isArray(choices) || choices.length !== 1) return false;
      head(value);
      // Some servers never say why they ended. A whole answer has at least ended.
      finish = 'stop';
      return choice(choices[0], 'message');
    },
    result: () => ({
      text: text.join(''),
      thinking: thinking.join(''),
      refusal: refusal.join(''),
      finish,
      model,
      usage,
    }),
  };
}

/** The `usage` of an answer, if it counts in whole numbers. */
export function usageOf(value: unknown): TokenUsage | undefined {
  if (!isObject(value)) return undefined;
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens = 0 } = value;
  return isCount(inputTokens) && isCount(outputTokens) ? { inputTokens, outputTokens } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text, or a list of parts of which those of text count. */
function contentOf(value: unknown): string {
  if (!Array.isArray(value)) return textOf(value);
  return value.map((part: unknown) => (isObject(part) ? textOf(part['text']) : '')).join('');
}
