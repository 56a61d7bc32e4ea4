import { isSluiceError } from '../../../api/errors.ts';
import type { JsonObject } from '../../../api/json.ts';
import { noUse, type ModelUse } from '../../../api/model-use.ts';
import type { OpOutcome } from '../../../api/op-spec.ts';
import { evaluateGate, refusePolicy } from '../../../gate/evaluate/evaluate-gate.ts';
import { evaluateCriteria, type CriteriaInput } from '../../../gate/judge/evaluate-criteria.ts';
import { anchorsShown } from '../../../gate/judge/judge-prompt.ts';
import type { AiGatePolicy } from '../../../gate/policy/ai-gate-policy.ts';
import { aiGateFaults, aiGateWarnings, type AiGateCheck } from '../../../gate/policy/check-ai-gate.ts';
import { readSubject, type ReadSubject } from '../../../gate/read-subject.ts';
import { subjectOf } from '../../../gate/subject.ts';
import type { Check, Verdict } from '../../../gate/verdict.ts';
import type { ModelWish } from '../../../llm/model-service.ts';
import { showDollars } from '../../../api/dollars.ts';
import type { Op, OpContext } from '../../op.ts';
import { outcomeOfError } from '../../outcome.ts';
import { objectParam, textParam } from '../../param-values.ts';
import { aiGateCheck } from '../gate-check.ts';
import { gateFacts } from '../gate-facts.ts';
import { measurementsOf, readMeasured } from '../measured.ts';
import { remarksOf } from '../policy-remarks.ts';
import { recordVerdict, verdictOutcome, type VerdictOutcome } from '../record-verdict.ts';
import { castVotes } from './cast-votes.ts';
import { judgeFacts, judgeOf, unfitBefore, type JudgeFitness } from './judge-fitness.ts';
import { judgeParams, judgeResult } from './judge-schema.ts';
import { readEvidence, type JudgedEvidence } from './judged-evidence.ts';
import { verdictCacheKey } from './verdict-cache-key.ts';

export const judge: Op = {
  name: 'judge',
  cue: [],
  description:
    'Makes the verdict of an ai-gate: its rules first, and only where all of them pass a model, which is asked closed questions about the evidence and can close the gate, never open what a rule has closed.',
  params: judgeParams,
  result: judgeResult,
  needs: 'network',
  callsModel: true,
  givesVerdict: true,
  checkPolicy: (parameter, isFilled) => [
    ...remarksOf(aiGateFaults(parameter, isFilled), 'error'),
    ...remarksOf(aiGateWarnings(parameter, isFilled), 'warning'),
  ],
  // Answers are kept by vote and the verdict by the op's key: a repeat asks for what is missing and gives the same verdict.
  onUnknown: () => 'retry',
  pure: false,
  async perform(params, context) {
    try {
      return await judgeOnce(params, context, await aiGateCheck());
    } catch (error) {
      const outcome = outcomeOfError(error, 'judge');
      return outcome.class === 'indeterminate' ? { ...outcome, class: 'transient', isRepeat: true } : outcome;
    }
  },
};

/** All that one verdict is made from, before anybody is asked. */
interface Case {
  readonly policy: AiGatePolicy;
  readonly subject: ReadSubject;
  readonly evidence: JudgedEvidence;
  readonly wish: ModelWish;
  readonly startedMs: number;
  readonly input: Omit<CriteriaInput, 'votes' | 'judge'>;
}

async function judgeOnce(params: JsonObject, context: OpContext, check: AiGateCheck): Promise<OpOutcome> {
  const parameter = objectParam(params, 'policy');
  const key = textParam(params, 'key', '').trim();
  if (key !== '') context.addSecret(key);
  const measured = readMeasured(params['measured']);
  const startedMs = measured?.startedMs ?? context.now();
  const subject = readSubject(parameter['subject'], context.run.namespace);
  const judged = subject.ok ? subject.subject : subjectOf('Name', '', [], []);
  const facts = await gateFacts(context, judged, startedMs);
  const checked = check(parameter);
  if (!checked.ok || !subject.ok) {
    const faults = checked.ok ? [] : checked.faults;
    const all = subject.ok
      ? faults
      : [...faults, { path: 'subject', code: 'NoSubject', message: subject.message }];
    return answer(await recordVerdict(context, refusePolicy(all, facts, context.now()), null), noUse);
  }
  const { policy } = checked;
  const evidence = readEvidence(objectParam(params, 'evidence'), context.run.namespace, (text) =>
    context.maskSecrets(text),
  );
  const ruleEvidence = measured?.evidence ?? [];
  const gate = {
    ...facts,
    ...(measured === undefined ? {} : { window: measured.window }),
    evidence: [...ruleEvidence, ...evidence.facts],
  };
  const ruleChecks: readonly Check[] =
    policy.rules === undefined
      ? []
      : evaluateGate(
          policy.rules,
          { ...gate, measured: measured === undefined ? new Map() : measurementsOf(measured) },
          [],
          context.now(),
        ).checks;
  return await decide(
    {
      policy,
      subject,
      evidence,
      wish: wishOf(policy, key),
      startedMs,
      input: {
        context: gate,
        ruleChecks,
        evidence: evidence.items,
        anchors: anchorsShown(policy.hasAnchors),
        suspicion: evidence.suspicion,
      },
    },
    context,
  );
}

/** Everything that needs no model stands before the first call. */
async function decide(given: Case, context: OpContext): Promise<OpOutcome> {
  const { policy, evidence, input } = given;
  const verdictOf = (more: Pick<CriteriaInput, 'votes' | 'judge'> & Partial<CriteriaInput>): Verdict =>
    evaluateCriteria(policy, policy, { ...input, ...more }, context.now());
  const unasked = async (more: Partial<CriteriaInput>): Promise<OpOutcome> => {
    const verdict = verdictOf({ votes: [], judge: undefined, cost: '0', ...more });
    return answer(await recordVerdict(context, verdict, null), noUse);
  };
  if (!isOpenToJudge(input)) return unasked({});
  const lateness = clockFault(given, context.now());
  if (lateness !== undefined) return unasked(lateness);
  if (evidence.thin !== undefined) return unasked({ unasked: evidence.thin });
  const asked = await describe(given.wish, context);
  if (typeof asked === 'string') return unasked({ unasked: asked });
  const unfit = unfitBefore(policy, given.subject, asked.model, context.now());
  if (unfit !== undefined)
    return unasked({ judge: judgeFacts(policy, asked, asked.model, context.now()), unfit });
  const cacheKey = verdictCacheKey({ ...given, ...asked, gate: context.step.name });
  if (policy.isCached) {
    const { namespace } = context.run;
    const known = await context.verdicts.reuse(namespace, cacheKey, context.now());
    if (known !== undefined) return reused(known.id, known.verdict);
  }
  const cast = await castVotes(context.models, {
    policy,
    items: evidence.items,
    evidenceDigest: evidence.digest,
    wish: given.wish,
    payer: context.run,
    step: context.step.path,
    key: context.evidence.key,
    scope: context.idempotencyKey,
    signal: context.signal,
    deadline: deadlineSignal(given, context.now()),
    ...(context.beforeSend === undefined ? {} : { beforeSend: context.beforeSend }),
    isDecided: (votes) =>
      verdictOf({ votes, judge: judgeFacts(policy, asked, asked.model, context.now()) }).outcome === 'fail',
    now: context.now,
  });
  const fitness: JudgeFitness = judgeOf(policy, given.subject, asked, cast.answered, context.now());
  const verdict = verdictOf({ votes: cast.votes, ...fitness, cost: dollars(cast.use) });
  const isKept = policy.isCached && isDecided(verdict);
  const recorded = await recordVerdict(context, verdict, isKept ? cacheKey : null);
  return { ...answer(recorded, cast.use), notice: noticeOf(asked.server, verdict) };
}

/** Whether all rules pass: the evaluator says `rule` also of what is looked at after them. */
function isOpenToJudge({ ruleChecks }: Pick<CriteriaInput, 'ruleChecks'>): boolean {
  return ruleChecks.every(({ outcome, weight }) => weight === 0 || outcome === 'pass');
}

async function describe(
  wish: ModelWish,
  context: OpContext,
): Promise<{ readonly server: string; readonly model: string } | string> {
  try {
    return await context.models.describe(wish);
  } catch (error) {
    if (!isSluiceError(error) || error.kind === 'bug') throw error;
    return `there is no model to ask: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}`;
  }
}

function clockFault({ startedMs, policy }: Case, nowMs: number): Partial<CriteriaInput> | undefined {
  if (!Number.isFinite(nowMs)) return { unasked: 'there is no clock to tell the time by' };
  if (nowMs < startedMs) return { unasked: 'the clock has gone back to before this gate began' };
  if (nowMs - startedMs < policy.deadlineMs) return undefined;
  const message = 'the deadline of the gate passed before the judge was asked';
  return { votes: [{ kind: 'error', n: 1, message, by: 'deadline' }] };
}

/** The longest that a timer takes. */
const longestTimerMs = 2 ** 31 - 1;

function deadlineSignal({ startedMs, policy }: Case, nowMs: number): AbortSignal {
  return AbortSignal.timeout(Math.min(longestTimerMs, startedMs + policy.deadlineMs - nowMs));
}

function wishOf({ judge: { model, server, baseUrl } }: AiGatePolicy, key: string): ModelWish {
  return {
    ...(model === undefined ? {} : { model }),
    ...(server === undefined ? {} : { server }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(key === '' ? {} : { key }),
  };
}

/** A verdict that came about by what was judged, and not by how it went. */
function isDecided({ outcome, decidedBy }: Verdict): boolean {
  return (outcome === 'pass' || outcome === 'warn' || outcome === 'fail') && decidedBy !== 'deadline';
}

function answer(recorded: VerdictOutcome, use: ModelUse): Extract<OpOutcome, { kind: 'ok' }> {
  const fields: JsonObject = recorded.result;
  return { ...recorded, result: { ...fields, cached: false }, use };
}

function reused(id: string, verdict: Verdict): OpOutcome {
  const outcome = verdictOutcome(id, verdict);
  const fields: JsonObject = outcome.result;
  const message = `cached, verdict ${id}: ${outcome.result.message}`;
  return { ...outcome, result: { ...fields, message, cached: true }, use: noUse, notice: message };
}

/** The offline engine answers by rules: what it cannot answer is said, or an undecided gate would look like a fault. */
function noticeOf(server: string, { checks }: Verdict): string {
  // A criterion may be undecided because the voting ended before: its answers tell whether it could be judged.
  const open = checks
    .filter(({ kind, value }) => kind === 'criterion' && value === 'unknown')
    .map(({ id }) => id);
  return server === 'offline engine' && open.length > 0
    ? `model: ${server}; it answers by audit rules alone and cannot judge ${open.join(', ')}`
    : `model: ${server}`;
}

function dollars({ microDollars }: ModelUse): string | null {
  return microDollars === null ? null : showDollars(microDollars);
}
