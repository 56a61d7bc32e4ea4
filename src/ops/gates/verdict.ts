import type { JsonObject } from '../../api/json.ts';
import { evaluateGate, refusePolicy } from '../../gate/evaluate/evaluate-gate.ts';
import type { Verdict } from '../../gate/verdict.ts';
import { policyWarnings, ruleFaults } from '../../gate/policy/check-policy.ts';
import type { PolicyFault } from '../../gate/policy/policy-fault.ts';
import { readSubject } from '../../gate/read-subject.ts';
import { subjectOf } from '../../gate/subject.ts';
import type { Op, OpContext } from '../op.ts';
import { outcomeOfError } from '../outcome.ts';
import { objectParam } from '../param-values.ts';
import { openObject } from '../schema-parts.ts';
import { gateCheck } from './gate-check.ts';
import { gateFacts } from './gate-facts.ts';
import { measurementsOf, readMeasured } from './measured.ts';
import { remarksOf } from './policy-remarks.ts';
import { recordVerdict, verdictResult } from './record-verdict.ts';

export const verdict: Op = {
  name: 'verdict',
  cue: [],
  description:
    'The verdict of a gate over what was measured. It is kept for audit and for later runs to compare themselves with. A policy that cannot be used gives an error, which opens nothing.',
  params: {
    type: 'object',
    required: ['policy', 'measured'],
    properties: {
      policy: { ...openObject, description: 'The parameter of the gate.' },
      measured: { ...openObject, description: 'The result of `measure`.' },
    },
    additionalProperties: false,
  },
  result: verdictResult,
  needs: 'nothing',
  onUnknown: () => 'retry',
  pure: false,
  givesVerdict: true,
  checkPolicy: (parameter, isFilled) => [
    ...remarksOf(ruleFaults(parameter, undefined, isFilled), 'error'),
    ...remarksOf(policyWarnings(parameter), 'warning'),
  ],
  async perform(params, context) {
    try {
      return await recordVerdict(context, await judge(params, context), null);
    } catch (error) {
      return outcomeOfError(error, 'verdict');
    }
  },
};

async function judge(params: JsonObject, context: OpContext): Promise<Verdict> {
  const parameter = objectParam(params, 'policy');
  const nowMs = context.now();
  const checked = (await gateCheck())(parameter, nowMs);
  const read = readSubject(parameter['subject'], context.run.namespace);
  const measured = readMeasured(params['measured']);
  const subject = read.ok ? read.subject : subjectOf('Name', '', [], []);
  const facts = await gateFacts(context, subject, measured?.startedMs ?? nowMs);
  const faults: readonly PolicyFault[] = [
    ...(checked.ok ? [] : checked.faults),
    ...(read.ok ? [] : [{ path: 'subject', code: 'NoSubject', message: read.message }]),
    ...(measured === undefined
      ? [{ path: '', code: 'NotMeasured', message: '`measured` is not the result of the op measure' }]
      : []),
  ];
  if (!checked.ok || measured === undefined || faults.length > 0) return refusePolicy(faults, facts, nowMs);
  const { window, evidence, history } = measured;
  const input = { ...facts, window, evidence, measured: measurementsOf(measured) };
  return evaluateGate(checked.policy, input, history, nowMs);
}
