import { isSluiceError } from '../../../api/errors.ts';
import { stringifyJson } from '../../../api/json.ts';
import { addUse, noUse, type ModelUse } from '../../../api/model-use.ts';
import { fenceEvidence, fenceNotice } from '../../../evidence/fence.ts';
import { promptNonce, promptSeed } from '../../../evidence/nonce.ts';
import { digestOf } from '../../../gate/digest.ts';
import type { Vote } from '../../../gate/judge/evaluate-criteria.ts';
import {
  buildJudgePrompt,
  judgePromptDigest,
  judgePromptVersion,
  type JudgedItem,
  type JudgePrompt,
} from '../../../gate/judge/judge-prompt.ts';
import { answerSchema, readAnswer } from '../../../gate/judge/read-answer.ts';
import type { AiGatePolicy } from '../../../gate/policy/ai-gate-policy.ts';
import type { ModelPayer, ModelReply, ModelService, ModelWish } from '../../../llm/model-service.ts';
import { useOfError } from '../../../llm/use-of-error.ts';
import { voteLimits } from './vote-limits.ts';

export interface VotesRequest {
  readonly policy: AiGatePolicy;
  readonly items: readonly JudgedItem[];
  /** Digest of the evidence. */
  readonly evidenceDigest: string;
  readonly wish: ModelWish;
  readonly payer: ModelPayer;
  /** Path of the step that asks. */
  readonly step: string;
  /** What nonces and seeds are derived from. */
  readonly key: string;
  /** Answers are kept under it, so that a repeat after a crash asks only for what is missing; absent: none are kept. */
  readonly scope?: string;
  /** Fires when whoever waits has gone; then this throws. */
  readonly signal: AbortSignal;
  /** Fires when the time for all votes is over. */
  readonly deadline: AbortSignal;
  readonly beforeSend?: () => void;
  /** Whether no further vote could change what these came to. */
  readonly isDecided: (votes: readonly Vote[]) => boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface VotesCast {
  /** In their order. Those that were not needed any more are not among them. */
  readonly votes: readonly Vote[];
  /** Models that answered, each once. */
  readonly answered: readonly string[];
  readonly use: ModelUse;
}

/** How long an answer waits for a repeat of its op. */
const keptMs = 24 * 3_600_000;
/** A closed block of thinking stands before the answer and cannot be taken for it; nothing else may stand beside it. */
const tolerated: ReadonlySet<'thinking'> = new Set(['thinking'] as const);

/**
 * Asks the judge for all votes at once. A vote that comes to nothing is a vote in error, never one less. Ends early where
 * `isDecided` says so. Throws where the asking itself may not go on: the run is gone, or prompts are only to be shown.
 */
export async function castVotes(models: ModelService, request: VotesRequest): Promise<VotesCast> {
  const { policy } = request;
  const prompts = Array.from({ length: policy.votes.n }, (_each, index) => promptOf(request, index + 1));
  const limits = voteLimits(
    policy,
    prompts.map(({ prompt }) => prompt),
  );
  if (typeof limits === 'string')
    return { votes: [{ kind: 'error', n: 1, message: limits, by: 'budget' }], answered: [], use: noUse };
  const decided = new AbortController();
  const signal = AbortSignal.any([request.signal, request.deadline, decided.signal]);
  const votes: Vote[] = [];
  const answered = new Set<string>();
  let use = noUse;
  let broken: unknown;
  await Promise.all(
    prompts.map(async (each) => {
      try {
        const startedMs = request.now();
        const reply = await ask(models, request, each, limits, signal);
        use = addUse(use, reply.use);
        if (decided.signal.aborted) return;
        answered.add(reply.modelAnswered);
        votes.push(voteOf(each, reply, request.now() - startedMs));
      } catch (error) {
        use = addUse(use, useOfError(error) ?? noUse);
        if (decided.signal.aborted) return;
        if (isTheEnd(error, request)) {
          broken ??= error;
          // Of prompts that are only to be shown, all are.
          if (!isSluiceError(error) || error.code !== 'DryRun') decided.abort();
          return;
        }
        votes.push(failedVote(each.n, error, request.deadline));
      }
      if (request.isDecided(votes)) decided.abort();
    }),
  );
  if (broken !== undefined) throw broken as Error;
  return { votes: votes.toSorted((a, b) => a.n - b.n), answered: [...answered], use };
}

interface NumberedPrompt {
  readonly n: number;
  readonly seed: number;
  readonly prompt: JudgePrompt;
}

function promptOf({ policy, items, evidenceDigest, key }: VotesRequest, n: number): NumberedPrompt {
  const { criteria, hasAnchors } = policy;
  const parts = ['judge', judgePromptDigest, digestOf(criteria), evidenceDigest, String(n)];
  const seed = promptSeed(key, parts);
  const nonce = promptNonce(key, parts);
  // What had no room has no text that could be asked about.
  const shown = items.filter(({ text }) => text !== '');
  const prompt = buildJudgePrompt(
    { criteria, items: shown, nonce, seed, withAnchors: hasAnchors },
    { notice: fenceNotice, wrap: fenceEvidence },
  );
  return { n, seed, prompt };
}

function ask(
  models: ModelService,
  { policy, wish, payer, step, scope, evidenceDigest, beforeSend }: VotesRequest,
  { n, seed, prompt }: NumberedPrompt,
  limits: NonNullable<Parameters<ModelService['ask']>[0]['limits']>,
  signal: AbortSignal,
): Promise<ModelReply> {
  const { asked, messages } = prompt;
  const { temperature, maxOutputTokens, timeoutMs } = policy.judge;
  return models.ask(
    {
      payer,
      step,
      wish,
      messages,
      temperature,
      seed,
      maxOutputTokens,
      timeoutMs,
      form: {
        name: 'judge_answers',
        schema: answerSchema(asked),
        check: (value) => {
          const read = readAnswer(stringifyJson(value), asked);
          return read.kind === 'answers' ? undefined : read.problem;
        },
        tolerate: tolerated,
      },
      limits,
      ...(scope === undefined
        ? {}
        : {
            cache: {
              promptVersion: `judge/${judgePromptVersion}`,
              language: '',
              evidence: { scope, vote: n, evidenceDigest, nonce: asked.nonce },
              timeToLiveMs: keptMs,
            },
          }),
    },
    { signal, ...(beforeSend === undefined ? {} : { beforeSend }) },
  );
}

function voteOf({ n, seed, prompt }: NumberedPrompt, reply: ModelReply, ms: number): Vote {
  const read = readAnswer(stringifyJson(reply.value ?? {}), { ...prompt.asked, isRepair: true });
  if (read.kind !== 'answers')
    return { kind: 'error', n, message: `the answer cannot be used: ${read.problem}` };
  const { inputTokens, outputTokens } = reply.use;
  return {
    kind: 'answers',
    n,
    seed,
    answers: prompt.translate(read.answers),
    answerDigest: digestOf(reply.value),
    tokens: inputTokens + outputTokens,
    ms,
  };
}

function failedVote(n: number, error: unknown, deadline: AbortSignal): Vote {
  // What is no SluiceError comes here only where the deadline has ended it.
  if (deadline.aborted || !isSluiceError(error))
    return { kind: 'error', n, message: 'the deadline of the gate has passed', by: 'deadline' };
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  const isBudget = error.code === 'BudgetUsedUp' || error.code === 'PriceUnknown';
  return { kind: 'error', n, message: `${error.message}${hint}`, ...(isBudget ? { by: 'budget' } : {}) };
}

/** Ends that say nothing about the judge: the run is gone or not ours any more, nothing was to be sent, or we are at fault. */
function isTheEnd(error: unknown, { signal, deadline }: VotesRequest): boolean {
  if (signal.aborted) return true;
  if (!isSluiceError(error)) return !deadline.aborted;
  return error.code === 'NotOwned' || error.code === 'DryRun' || error.kind === 'bug';
}
