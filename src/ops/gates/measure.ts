import type { JsonObject } from '../../api/json.ts';
import type { OpOutcome } from '../../api/op-spec.ts';
import { digestOf } from '../../gate/digest.ts';
import { baselineOf } from '../../gate/evaluate/baseline.ts';
import type { PastRun, TimeWindow } from '../../gate/evaluate/gate-input.ts';
import type { GatePolicy } from '../../gate/policy/policy.ts';
import { readAiGate } from '../../gate/policy/read-ai-gate.ts';
import { readPolicy } from '../../gate/policy/read-policy.ts';
import { readSubject, type ReadSubject } from '../../gate/read-subject.ts';
import { subjectOf } from '../../gate/subject.ts';
import type { Op, OpContext } from '../op.ts';
import { outcomeOfError, terminal } from '../outcome.ts';
import { objectParam, textParam } from '../param-values.ts';
import { openObject } from '../schema-parts.ts';
import { gateCheck } from './gate-check.ts';
import { goOnMeasuring } from './go-on-measuring.ts';
import { isFresh, readMeasured, type Measured } from './measured.ts';
import { runHistory } from './run-history.ts';
import { windowOf } from './schedule.ts';
import type { MeasureInputs } from './taken.ts';

const numbers: JsonObject = { type: 'number' };

export const measure: Op = {
  name: 'measure',
  cue: [],
  description:
    'Measures the objectives of a gate, or the rules of an ai-gate. A step type waits with `continue: ${ measured.done }` and `after: ${ measured.after }` until all is measured, and gives the result to the op that makes the verdict.',
  params: {
    type: 'object',
    required: ['policy'],
    properties: {
      policy: {
        ...openObject,
        description:
          'The parameter of the gate: subject, objectives (or rules), values, providers, reports, cluster, deadline.',
      },
      context: { ...openObject, description: 'What expressions see as `context`.' },
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['startedMs', 'window', 'history', 'objectives', 'errors', 'done', 'after', 'message'],
    properties: {
      startedMs: { ...numbers, description: 'When it began; never changed afterwards.' },
      window: {
        type: 'object',
        description: 'The time that is measured, in ms since 1970; never changed afterwards.',
        properties: { fromMs: numbers, toMs: numbers },
        additionalProperties: false,
      },
      history: { type: 'array', items: openObject, description: 'Earlier runs to compare with.' },
      objectives: { ...openObject, description: 'The measurements of each objective, by id.' },
      evidence: { type: 'array', items: openObject, description: 'Digests of the reports that were read.' },
      baselines: { ...openObject, description: 'What objectives are compared with, by id.' },
      policy: openObject,
      providers: openObject,
      cluster: { type: 'string' },
      subject: { type: 'array', items: openObject, description: 'The subject by its digests.' },
      dueMs: { ...numbers, description: 'When there is something to do.' },
      errors: {
        type: 'array',
        items: { type: 'string' },
        description: 'The last error of each objective that has one.',
      },
      done: {
        type: 'boolean',
        description: 'Whether nothing is left to measure, or no time is left for it.',
      },
      after: { type: 'string', description: 'Go duration until there is something to do.' },
      message: { type: 'string', description: 'What is waited for.' },
    },
    additionalProperties: false,
  },
  needs: 'network',
  onUnknown: () => 'retry',
  pure: true,
  async perform(params, context) {
    try {
      return outcome(await begin(params, context));
    } catch (error) {
      return outcomeOfError(error, 'measure');
    }
  },
  async refresh(recorded, context) {
    const measured = readMeasured(recorded.result);
    if (measured === undefined) return terminal('measure: its record is no measurement');
    // What it says stays the same until there is something new, or the template would be asked again and again.
    if (measured.done || isFresh(measured, context.now())) return { kind: 'ok', result: recorded.result };
    return outcome(await goOn(measured, context));
  },
};

/** Window and start stand before anything is asked for. */
async function begin(params: JsonObject, context: OpContext): Promise<Measured> {
  const startedMs = context.now();
  const parameter = objectParam(params, 'policy');
  const asked = await askedFor(parameter, startedMs);
  const read = readSubject(parameter['subject'], context.run.namespace);
  // The op that makes the verdict says what is wrong; nothing is asked in the name of a gate that cannot be used.
  if (asked === undefined || !read.ok) return nothingToMeasure(startedMs);
  const { policy, storedDigest } = asked;
  const history = await runHistory(policy, storedDigest, context);
  const window = windowOf(policy, startedMs);
  const measured: Measured = {
    ...nothingToMeasure(startedMs),
    window,
    history,
    baselines: baselinesOf(policy, history, { window, gate: context.step.name, nowMs: startedMs }),
    objectives: Object.fromEntries(
      policy.objectives.map(({ id, samples }) => [
        id,
        { samples: [], nextMs: startedMs + samples.initialDelayMs },
      ]),
    ),
    policy: policy.text,
    providers: objectParam(asked.parameter, 'providers'),
    cluster: textParam(asked.parameter, 'cluster', ''),
    subject: read.subject.objects,
  };
  const given = { parameter: asked.parameter, runContext: objectParam(params, 'context') };
  return goOnMeasuring(measured, inputsOf(measured, context.step.name, policy, read, given), context);
}

function nothingToMeasure(startedMs: number): Measured {
  return {
    startedMs,
    window: { fromMs: startedMs, toMs: startedMs },
    history: [],
    objectives: {},
    baselines: {},
    evidence: [],
    policy: {},
    providers: {},
    cluster: '',
    subject: [],
    errors: [],
    done: true,
    dueMs: startedMs,
    after: '0',
    message: '',
  };
}

interface Asked {
  readonly policy: GatePolicy;
  /** As verdicts name the policy. */
  readonly storedDigest: string;
  /** With its defaults. */
  readonly parameter: JsonObject;
}

/** The objectives of a gate, or the rules of an ai-gate; undefined where there are none that could be measured. */
async function askedFor(parameter: JsonObject, nowMs: number): Promise<Asked | undefined> {
  if (parameter['objectives'] === undefined) {
    const { rules, text } = readAiGate(parameter);
    return rules === undefined ? undefined : { policy: rules, storedDigest: digestOf(text), parameter };
  }
  const checked = (await gateCheck())(parameter, nowMs);
  if (!checked.ok) return undefined;
  const { policy, parameters } = checked;
  return { policy, storedDigest: digestOf(policy.text), parameter: parameters };
}

function baselinesOf(
  policy: GatePolicy,
  history: readonly PastRun[],
  { window, gate, nowMs }: { readonly window: TimeWindow; readonly gate: string; readonly nowMs: number },
): Record<string, number> {
  const own = { gate, policyDigest: digestOf(policy.text), windowMs: window.toMs - window.fromMs, nowMs };
  const found = policy.objectives.flatMap(({ id, compare }): [string, number][] => {
    const value = compare === undefined ? undefined : baselineOf(id, compare, history, own)?.value;
    return value === undefined ? [] : [[id, value]];
  });
  return Object.fromEntries(found);
}

async function goOn(measured: Measured, context: OpContext): Promise<Measured> {
  const objects = measured.subject;
  const subject = { subject: subjectOf('', '', objects, []), manifests: [] };
  const given = { parameter: {}, runContext: {} };
  const inputs = inputsOf(measured, context.step.name, readPolicy(measured.policy), subject, given);
  return goOnMeasuring(measured, inputs, context);
}

function inputsOf(
  { startedMs, providers, cluster, baselines }: Measured,
  gate: string,
  policy: GatePolicy,
  subject: ReadSubject,
  given: MeasureInputs['given'],
): MeasureInputs {
  const deadlineAtMs = startedMs + policy.deadlineMs;
  return { gate, policy, subject, providers, cluster, baselines, deadlineAtMs, given };
}

function outcome(measured: Measured): OpOutcome {
  return { kind: 'ok', result: measured as unknown as JsonObject };
}
