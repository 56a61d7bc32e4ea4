import { isObject, type JsonObject } from '../../api/json.ts';
import type { GateRefusal } from '../../api/kept-verdict.ts';
import type { ModelUse } from '../../api/model-use.ts';
import type { StepNotes, VerdictSummary } from '../../api/step-notes.ts';
import { numberAt, objectAt, textAt, valueAt } from '../../cluster/json-reading.ts';

/** The notes of a step as its status carries them, to be shown. What has another shape counts as absent. */
export function readNotes(status: JsonObject | undefined): StepNotes | undefined {
  const notes = valueAt(status, 'sluice');
  if (!isObject(notes)) return undefined;
  const refusedBy = readRefusal(notes['refusedBy']);
  const verdict = readVerdict(notes['verdict']);
  const models = readUse(notes['models']);
  return {
    ...(notes['closed'] === true ? { closed: true } : {}),
    ...(refusedBy === undefined ? {} : { refusedBy }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(models === undefined ? {} : { models }),
  };
}

function readRefusal(value: unknown): GateRefusal | undefined {
  return isObject(value) ? { gate: textAt(value, 'gate'), code: textAt(value, 'code') } : undefined;
}

const outcomes: readonly string[] = [
  'pass',
  'warn',
  'fail',
  'inconclusive',
  'error',
] satisfies readonly VerdictSummary['outcome'][];

function readVerdict(value: unknown): VerdictSummary | undefined {
  const outcome = textAt(value, 'outcome');
  if (!isObject(value) || !outcomes.includes(outcome)) return undefined;
  const override = objectAt(value, 'override');
  const reasons = valueAt(value, 'reasons');
  return {
    id: textAt(value, 'id'),
    gate: textAt(value, 'gate'),
    outcome: outcome as VerdictSummary['outcome'],
    open: valueAt(value, 'open') === true,
    mode: textAt(value, 'mode') === 'observe' ? 'observe' : 'enforce',
    score: numberAt(value, 'score') ?? null,
    threshold: numberAt(value, 'threshold') ?? 100,
    subject: { name: textAt(value, 'subject', 'name'), digest: textAt(value, 'subject', 'digest') },
    at: textAt(value, 'at') || null,
    expires: textAt(value, 'expires') || null,
    override: isObject(value['override'])
      ? { by: textAt(override, 'by'), at: textAt(override, 'at'), expires: textAt(override, 'expires') }
      : null,
    reasons: Array.isArray(reasons) ? reasons.filter((each) => typeof each === 'string') : [],
  };
}

function readUse(value: unknown): ModelUse | undefined {
  if (!isObject(value)) return undefined;
  const count = (name: string): number => numberAt(value, name) ?? 0;
  return {
    calls: count('calls'),
    cached: count('cached'),
    inputTokens: count('inputTokens'),
    outputTokens: count('outputTokens'),
    microDollars: numberAt(value, 'microDollars') ?? null,
  };
}
