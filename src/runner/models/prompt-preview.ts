import { SluiceError } from '../../api/errors.ts';
import { parseJson, type Json } from '../../api/json.ts';
import { estimateCall } from '../../llm/budget/budgeted-client.ts';
import { requestOfBody } from '../../llm/budget/foreign-call.ts';
import type { Price } from '../../llm/budget/prices.ts';

/** One request to a model exactly as it would be sent, and what it would cost at most. */
export interface PromptPreview {
  /** Path of the step that asks. */
  readonly step: string;
  /** `offline engine` or the host. */
  readonly server: string;
  readonly model: string;
  /** What would be sent; text where it is no JSON. */
  readonly body: Json;
  /** Of the prompt, counted so that there are not more. */
  readonly inputTokens: number;
  /** Most the answer may have. */
  readonly outputTokens: number;
  /** At most; null: nobody knows the price. */
  readonly microDollars: number | null;
}

export function previewOf(
  step: string,
  server: string,
  body: string,
  price: Price | undefined,
): PromptPreview {
  const request = requestOfBody(body);
  const { inputTokens, outputTokens, microDollars = null } = estimateCall(request, price);
  return {
    step,
    server,
    model: request.model,
    body: jsonOrText(body),
    inputTokens,
    outputTokens,
    microDollars,
  };
}

/** What a step that asks a model ends with in a dry run. */
export function dryRunEnd(): SluiceError {
  return new SluiceError('terminal', 'DryRun', 'dry run: nothing was sent to the model');
}

function jsonOrText(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
