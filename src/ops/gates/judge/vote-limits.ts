import type { JudgePrompt } from '../../../gate/judge/judge-prompt.ts';
import { answerSchema } from '../../../gate/judge/read-answer.ts';
import type { AiGatePolicy } from '../../../gate/policy/ai-gate-policy.ts';
import { estimateCall } from '../../../llm/budget/budgeted-client.ts';
import type { SpendLimits } from '../../../llm/budget/spend-store.ts';

/**
 * The share of each vote in the gate's budget, its repair included; or why it is not enough, before any vote is cast. Shares
 * are equal: what one vote leaves over is nobody else's.
 */
export function voteLimits(policy: AiGatePolicy, prompts: readonly JudgePrompt[]): SpendLimits | string {
  const { budget, votes, judge } = policy;
  const share = (limit: number): number => Math.floor(limit / votes.n);
  if (budget.calls !== undefined && share(budget.calls) < 1)
    return `the budget of the gate is ${budget.calls} calls, and ${votes.n} votes need ${votes.n}`;
  const most = budget.tokens === undefined ? 0 : mostTokens(longest(prompts), judge.maxOutputTokens);
  if (budget.tokens !== undefined && share(budget.tokens) < most)
    return `the budget of the gate is ${budget.tokens} tokens, and ${votes.n} votes may take ${votes.n * most}: send less evidence, allow shorter answers, or raise it`;
  return {
    ...(budget.calls === undefined ? {} : { calls: share(budget.calls) }),
    ...(budget.tokens === undefined ? {} : { tokens: share(budget.tokens) }),
    ...(budget.microDollars === undefined ? {} : { microDollars: share(budget.microDollars) }),
  };
}

/** The words around the schema that the asker adds, and by what the anchors of equally long prompts may differ. */
const addedTokens = 120;

/** They differ by their anchors alone, and counting takes time. */
function longest(prompts: readonly JudgePrompt[]): JudgePrompt | undefined {
  return prompts.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
}

function sizeOf({ messages }: JudgePrompt): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}

function mostTokens(prompt: JudgePrompt | undefined, maxOutputTokens: number): number {
  if (prompt === undefined) return 0;
  const { messages, asked } = prompt;
  const schema = answerSchema(asked);
  const added = { role: 'system', content: JSON.stringify(schema) } as const;
  const { inputTokens, outputTokens } = estimateCall(
    {
      model: '',
      messages: [...messages, added],
      maxOutputTokens,
      format: { kind: 'schema', name: 'judge_answers', schema },
    },
    undefined,
  );
  return inputTokens + outputTokens + addedTokens;
}
