import { isObject } from '../../api/json.ts';
import { isCue } from '../../gate/condition.ts';
import type { Sample } from '../../gate/evaluate/gate-input.ts';
import { valueOfSample } from '../../gate/evaluate/judge-value.ts';
import type { Objective } from '../../gate/policy/policy.ts';
import type { OpContext } from '../op.ts';
import { queryPrometheus } from './query-prometheus.ts';
import { readCue } from './read-cue.ts';
import { readExternal } from './read-external.ts';
import { readFindings } from './read-findings.ts';
import { failed, type MeasureInputs, type Taken } from './taken.ts';

const mostValues = 100;

/** Measures one objective, for the time `atMs` where its source knows the past, else now. Errors are part of the sample. */
export async function takeSample(
  objective: Objective,
  atMs: number,
  inputs: MeasureInputs,
  context: OpContext,
): Promise<Taken> {
  const taken = await measureOnce(objective, atMs, inputs, context);
  if (taken.sample.error !== undefined) return taken;
  const truths = await truthsOf(objective, taken.sample, inputs, context);
  const sample = truths === undefined ? taken.sample : { ...taken.sample, truths };
  return { ...taken, sample: compact(objective, masked(sample, context)) };
}

/** Whether its measurements can be made for a time that has passed. */
export function knowsThePast({ source }: Objective): boolean {
  return 'metric' in source;
}

/** Whether a further measurement reads the same again, because nothing can have changed. */
export function isFixed({ source }: Objective): boolean {
  return 'cue' in source || ('findings' in source && source.findings.from !== 'diagnose');
}

async function measureOnce(
  { source }: Objective,
  atMs: number,
  inputs: MeasureInputs,
  context: OpContext,
): Promise<Taken> {
  const nowMs = context.now();
  if ('metric' in source) {
    const { provider } = source.metric;
    const server = inputs.providers[provider];
    if (!isObject(server)) return failed(nowMs, `\`providers\` has no "${provider}"`);
    return queryPrometheus(source.metric, server, atMs, inputs.deadlineAtMs - nowMs, context);
  }
  if ('findings' in source) return readFindings(source.findings, nowMs, inputs, context);
  if ('external' in source) return readExternal(source.external.ref, nowMs, inputs.cluster, context);
  return readCue(source.cue, nowMs, inputs, context);
}

/** Answers of the CUE conditions. What does not come to true or false is left out, and the evaluator refuses it. */
async function truthsOf(
  objective: Objective,
  sample: Sample,
  inputs: MeasureInputs,
  context: OpContext,
): Promise<Record<string, boolean> | undefined> {
  const conditions = [...objective.pass, ...objective.warn, ...objective.fail].filter(isCue);
  const read = valueOfSample(objective, sample, undefined);
  if (conditions.length === 0 || read.kind === 'missing') return undefined;
  const baseline = inputs.baselines[objective.id];
  const scope = { value: read.value, ...(baseline === undefined ? {} : { baseline }) };
  const truths: Record<string, boolean> = {};
  for (const { cue } of conditions) {
    // oxlint-disable-next-line no-await-in-loop -- a few conditions, and one engine answers them
    const result = await context.evaluate(scope, cue);
    if (result.ok && typeof result.value === 'boolean') truths[cue] = result.value;
  }
  return truths;
}

function masked(sample: Sample, context: OpContext): Sample {
  const values = sample.values.map((each) => (typeof each === 'string' ? context.maskSecrets(each) : each));
  return { ...sample, values };
}

/** Many series that an aggregate makes one value of are kept as that value; of others the worst are, and not all. */
function compact(objective: Objective, sample: Sample): Sample {
  const { values } = sample;
  if (values.length < 2) return sample;
  const read = valueOfSample(objective, sample, undefined);
  if (read.kind === 'value') return { ...sample, values: [read.value] };
  const isBad = (each: unknown): boolean => !Number.isFinite(Number(each));
  const worstFirst = [...values.filter(isBad), ...values.filter((each) => !isBad(each))];
  return { ...sample, values: worstFirst.slice(0, mostValues) };
}
