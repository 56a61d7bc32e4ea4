import { SluiceError, isSluiceError } from '../api/errors.ts';
import { addUse, noUse, type ModelUse } from '../api/model-use.ts';

/** What a failed call to a model cost, where anything is known of it. */
export function useOfError(error: unknown): ModelUse | undefined {
  const use = isSluiceError(error) ? error.details?.['use'] : undefined;
  return typeof use === 'object' ? use : undefined;
}

/** The same error, which says what was spent besides; nothing spent changes nothing. What is no SluiceError stays as it is. */
export function withUse(error: unknown, use: ModelUse): unknown {
  if (!isSluiceError(error) || isNothing(use)) return error;
  return new SluiceError(error.kind, error.code, error.message, {
    cause: error.cause ?? error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    details: { ...error.details, use: addUse(useOfError(error) ?? noUse, use) },
  });
}

function isNothing({ calls, cached, inputTokens, outputTokens }: ModelUse): boolean {
  return calls + cached + inputTokens + outputTokens === 0;
}
