import { isSluiceError } from '../../api/errors.ts';
import type { ModelUse } from '../../api/model-use.ts';
import { accountsOf, type Budgets } from '../../llm/budget/accounts.ts';
import { withBudget } from '../../llm/budget/budgeted-client.ts';
import { requestOfBody, usageOfAnswer } from '../../llm/budget/foreign-call.ts';
import type { SpendLimits } from '../../llm/budget/spend-store.ts';
import type { ModelClient } from '../../llm/model-client.ts';
import type { MeteredCall } from '../../llm/model-service.ts';
import { withUse } from '../../llm/use-of-error.ts';
import type { ModelServiceOptions } from './open-model-service.ts';
import { dryRunEnd, previewOf } from './prompt-preview.ts';
import { SpendingTally } from './spending-tally.ts';

export interface MeterParts extends ModelServiceOptions {
  readonly budgets: Budgets & { readonly call?: SpendLimits };
}

/** Charges a request that others wrote. `send` is called once, or never where the budget has no room. */
export async function meterCall<Answer extends { readonly statusCode: number; readonly body: string }>(
  { payer, step, server, body }: MeteredCall,
  send: () => Promise<Answer>,
  { commons, places, traffic, budgets, now, newId }: MeterParts,
): Promise<{ readonly answer: Answer; readonly use: ModelUse }> {
  const request = requestOfBody(body);
  const price = await places.priceAt(server, request.model);
  if (traffic.onPreview !== undefined) {
    traffic.onPreview(previewOf(step, server, body, price));
    throw dryRunEnd();
  }
  const tally = new SpendingTally(price);
  const answered = Promise.withResolvers<Answer>();
  const client: ModelClient = {
    async ask() {
      const answer = await sent(send, tally);
      answered.resolve(answer);
      const usage = usageOfAnswer(answer);
      return { text: '', thinking: '', model: request.model, usage, attempts: 1, leftOut: [] };
    },
  };
  const budgeted = withBudget(client, {
    store: commons.spending,
    accounts: () => accountsOf(payer, budgets, now()),
    ...(budgets.call === undefined ? {} : { perCall: budgets.call }),
    priceOf: () => price,
    newId,
    onCharged: (usage) => tally.charged(usage),
  });
  try {
    await budgeted.ask(request, { signal: new AbortController().signal });
  } catch (error) {
    throw withUse(error, tally.use);
  }
  return { answer: await answered.promise, use: tally.use };
}

/** Whoever cannot say whether a request went out is counted as having sent it. */
async function sent<Answer>(send: () => Promise<Answer>, tally: SpendingTally): Promise<Answer> {
  try {
    const answer = await send();
    tally.sent();
    return answer;
  } catch (error) {
    if (!isSluiceError(error) || error.kind === 'indeterminate') tally.sent();
    throw error;
  }
}
