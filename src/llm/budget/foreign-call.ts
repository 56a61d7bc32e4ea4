import { isObject, parseJson, type Json } from '../../api/json.ts';
import type { ModelMessage, ModelRequest, TokenUsage } from '../model-client.ts';
import { usageOf } from '../read-completion.ts';
import { defaultMaxOutputTokens } from './budgeted-client.ts';

/**
 * What a chat completion that others wrote asks for, as far as its cost goes. What cannot be read in it is counted as text, and
 * an answer without a limit as one of the usual length.
 */
export function requestOfBody(text: string): ModelRequest & { readonly maxOutputTokens: number } {
  // A request without a body, such as for a list of models, has nothing generated.
  if (text === '') return { model: '', messages: [], maxOutputTokens: 0 };
  const body = jsonOf(text);
  const fields = isObject(body) ? body : {};
  const answers = countOf(fields['n']) ?? 1;
  const most =
    countOf(fields['max_completion_tokens']) ?? countOf(fields['max_tokens']) ?? defaultMaxOutputTokens;
  return {
    model: typeof fields['model'] === 'string' ? fields['model'] : '',
    messages: plainMessages(fields) ?? [{ role: 'user', content: text }],
    maxOutputTokens: most * answers,
  };
}

/** Tokens as the answer counts them; none for a refusal; undefined where it says nothing. */
export function usageOfAnswer(answer: {
  readonly statusCode: number;
  readonly body: string;
}): TokenUsage | undefined {
  const body = jsonOf(answer.body);
  const counted = isObject(body) ? usageOf(body['usage']) : undefined;
  const isRefused = answer.statusCode < 200 || answer.statusCode > 299;
  return counted ?? (isRefused ? { inputTokens: 0, outputTokens: 0 } : undefined);
}

/** Undefined where there is more to a prompt than messages of text, such as tools or pictures. */
function plainMessages(fields: { readonly [name: string]: unknown }): readonly ModelMessage[] | undefined {
  const { messages, tools, functions, response_format: format } = fields;
  if (!Array.isArray(messages) || [tools, functions, format].some((each) => each !== undefined))
    return undefined;
  const isPlain = messages.every((each: unknown) => isObject(each) && typeof each['content'] === 'string');
  return isPlain ? (messages as readonly ModelMessage[]) : undefined;
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

function jsonOf(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
