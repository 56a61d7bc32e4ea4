import type { JsonObject } from '../../api/json.ts';
import type { OpOutcome } from '../../api/op-spec.ts';
import { digestOfText } from '../../gate/digest.ts';
import { verdictText } from '../../gate/export/verdict-text.ts';
import { keepVerdict } from '../../gate/keep-verdict.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { OpContext } from '../op.ts';
import { openObject } from '../schema-parts.ts';
import { maskedVerdict } from './masked-verdict.ts';

const longestMessage = 500;

/** JSON Schema of a VerdictResult, for every op that gives one. */
export const verdictResult: JsonObject = {
  type: 'object',
  required: ['verdict', 'id', 'open', 'outcome', 'score', 'next', 'message', 'table'],
  properties: {
    verdict: { ...openObject, description: 'The whole verdict, of the form sluice.gate/v1.' },
    id: { type: 'string', description: 'Name of the verdict where verdicts are kept.' },
    open: { type: 'boolean', description: 'Whether it opens what requires it.' },
    outcome: { type: 'string', enum: ['pass', 'warn', 'fail', 'inconclusive', 'error'] },
    score: { type: ['number', 'null'], description: '0 to 100; null for an error.' },
    next: {
      type: 'string',
      enum: ['open', 'block', 'suspend', 'none'],
      description: 'What is to happen now; `none` while the gate only observes.',
    },
    message: { type: 'string', description: 'The decisive reasons, at most 500 characters.' },
    table: { type: 'string', description: 'Every check, as a table in plain text.' },
  },
  additionalProperties: false,
};

/** What an op that gives a verdict answers; a caller that has asked models adds `use`. */
export type VerdictOutcome = Omit<Extract<OpOutcome, { kind: 'ok' }>, 'result'> & {
  readonly result: VerdictResult;
};

// A type, because an interface is no JsonObject.
type VerdictResult = {
  /** The whole verdict. */
  readonly verdict: JsonObject;
  /** Its name in the store of verdicts. */
  readonly id: string;
  readonly open: boolean;
  readonly outcome: string;
  readonly score: number | null;
  readonly next: string;
  /** The decisive reasons, at most 500 characters. */
  readonly message: string;
  /** Every check, for a log. */
  readonly table: string;
};

/**
 * Keeps a verdict and makes the outcome of the op that gives it. A repeat after a crash answers with the verdict that was kept
 * first. `cacheKey`: null where the verdict may not be used again. Throws SluiceError when the store cannot be written.
 */
export async function recordVerdict(
  context: OpContext,
  verdict: Verdict,
  cacheKey: string | null,
): Promise<VerdictOutcome> {
  const { namespace, name } = context.run;
  const id = digestOfText(context.idempotencyKey).slice('sha256:'.length, 'sha256:'.length + 16);
  const masked = maskedVerdict(verdict, (text) => context.maskSecrets(text));
  await context.verdicts.put({
    id,
    namespace,
    run: name,
    step: context.step.path,
    storedAtMs: context.now(),
    verdict: masked,
    cacheKey,
  });
  const kept = await context.verdicts.get(namespace, id);
  return verdictOutcome(id, kept?.verdict ?? masked);
}

/** The outcome for a verdict that is kept already. */
export function verdictOutcome(id: string, verdict: Verdict): VerdictOutcome {
  const { open, outcome, score, next } = verdict;
  return {
    kind: 'ok',
    result: {
      verdict: verdict as unknown as JsonObject,
      id,
      open,
      outcome,
      score,
      next,
      message: decisiveReasons(verdict),
      table: verdictText(verdict),
    },
    verdict: keepVerdict(id, verdict),
  };
}

/** The outcome, the score, and the worst reasons, as far as they fit into the message of a step. */
function decisiveReasons(verdict: Verdict): string {
  const { outcome, score, threshold } = verdict;
  const scored = score === null ? '' : ` (score ${score} of ${threshold})`;
  const decided = `${outcome}${scored}`;
  const by = verdict.override === null ? decided : `${decided}, opened by ${verdict.override.by}`;
  const text = [by, ...verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote)].join('; ');
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length <= longestMessage ? line : `${line.slice(0, longestMessage - 1)}…`;
}
