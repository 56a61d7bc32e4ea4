import { isObject, stringifyJson, type Json } from '../../api/json.ts';
import type { PromptPreview } from '../../runner/models/prompt-preview.ts';
import { cleanText } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';

/** A request to a model as people read it: what it may cost, each message as it is, and every other parameter. */
export function promptText(preview: PromptPreview, run: string, style: Style): string {
  const { step, server, model, inputTokens, outputTokens, microDollars } = preview;
  const cost =
    microDollars === null ? 'price not known' : `at most ${(microDollars / 1_000_000).toFixed(6)} dollars`;
  const head = [
    style.bold(cleanText(`${run}, step ${step}: ${model} at ${server}`)),
    `at most ${inputTokens} tokens are sent and ${outputTokens} answered; ${cost}`,
  ];
  return `${[...head, ...bodyLines(preview.body, style)].join('\n')}\n`;
}

function bodyLines(body: Json, style: Style): readonly string[] {
  if (!isObject(body)) return [style.dim('body'), cleanText(jsonText(body))];
  const { messages, ...parameters } = body;
  const lines = Array.isArray(messages) ? messages.flatMap((each) => messageLines(each, style)) : [];
  const others = Array.isArray(messages) ? parameters : body;
  return [...lines, style.dim('parameters'), cleanText(stringifyJson(others, 2))];
}

function messageLines(message: Json, style: Style): readonly string[] {
  if (!isObject(message)) return [style.dim('message'), cleanText(jsonText(message))];
  const { role, content } = message;
  const isPlain = typeof role === 'string' && typeof content === 'string';
  return isPlain
    ? [style.dim(cleanText(role)), cleanText(content)]
    : [style.dim('message'), cleanText(stringifyJson(message, 2))];
}

function jsonText(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value, 2);
}
