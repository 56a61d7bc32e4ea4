import { isObject, type Json } from '../../../api/json.ts';
import { digestOf } from '../../digest.ts';
import { rateOf, type Rate } from './rates.ts';

export const calibrationVersion = 'sluice.calibration/v1';

/** How a judge did on cases whose answer is known. It holds for this model, prompt and policy, and for no other. */
export interface CalibrationRecord {
  readonly version: typeof calibrationVersion;
  readonly modelAsked: string;
  readonly modelAnswered: string;
  readonly promptDigest: string;
  readonly policyDigest: string;
  /** Cases that should pass, and how many did. */
  readonly good: { readonly cases: number; readonly passed: number };
  /** Cases that should not, and how many did not. */
  readonly bad: { readonly cases: number; readonly refused: number };
  /** Cases without a verdict, which count for nothing. */
  readonly errors: number;
  /** Share of good cases that passed. */
  readonly sensitivity: Rate;
  /** Share of bad cases that did not. */
  readonly specificity: Rate;
  /** RFC 3339. */
  readonly at: string;
  /** Of all the above. */
  readonly digest: string;
}

export type CalibrationCounts = Omit<CalibrationRecord, 'version' | 'sensitivity' | 'specificity' | 'digest'>;

export function calibrationRecord(counts: CalibrationCounts): CalibrationRecord {
  const { good, bad } = counts;
  const record = {
    version: calibrationVersion,
    ...counts,
    sensitivity: rateOf(good.passed, good.cases),
    specificity: rateOf(bad.refused, bad.cases),
  } as const;
  return { ...record, digest: digestOf(record) };
}

export type ReadRecord =
  | { readonly ok: true; readonly record: CalibrationRecord }
  | { readonly ok: false; readonly message: string };

/** Reads a record that someone kept; its rates and its digest must be those that its counts give. */
export function readCalibration(value: Json): ReadRecord {
  const refuse = (message: string): ReadRecord => ({ ok: false, message });
  if (!isObject(value) || value['version'] !== calibrationVersion)
    return refuse(`it is no record of ${calibrationVersion}`);
  const texts = ['modelAsked', 'modelAnswered', 'promptDigest', 'policyDigest', 'at'] as const;
  const noText = texts.find((name) => typeof value[name] !== 'string');
  if (noText !== undefined) return refuse(`its \`${noText}\` is no text`);
  const [good, bad, errors] = [pair(value['good'], 'passed'), pair(value['bad'], 'refused'), value['errors']];
  if (good === undefined || bad === undefined || !isCount(errors))
    return refuse('its counts of cases are not whole');
  const record = calibrationRecord({
    modelAsked: value['modelAsked'] as string,
    modelAnswered: value['modelAnswered'] as string,
    promptDigest: value['promptDigest'] as string,
    policyDigest: value['policyDigest'] as string,
    at: value['at'] as string,
    good: { cases: good[0], passed: good[1] },
    bad: { cases: bad[0], refused: bad[1] },
    errors,
  });
  return record.digest === value['digest']
    ? { ok: true, record }
    : refuse('its digest is not that of its content');
}

function pair(value: Json | undefined, hits: string): readonly [number, number] | undefined {
  if (!isObject(value)) return undefined;
  const { cases } = value;
  const count = value[hits];
  return isCount(cases) && isCount(count) && count <= cases ? [cases, count] : undefined;
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
