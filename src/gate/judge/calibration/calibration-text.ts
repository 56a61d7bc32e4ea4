import type { CalibrationRecord } from './calibration-record.ts';
import { correctedRate, rateOf, type Rate } from './rates.ts';

/** A calibration for people: both rates with their intervals, what the number of cases still allows, and the correction. */
export function calibrationText(record: CalibrationRecord): string {
  const { good, bad, errors, sensitivity, specificity } = record;
  const misses = bad.cases - bad.refused;
  const half = correctedRate(0.5, sensitivity.value, specificity.value);
  return [
    `${record.modelAnswered}: ${good.cases + bad.cases} cases, ${good.cases} good and ${bad.cases} bad${errors === 0 ? '' : `; ${errors} more without a verdict`}`,
    `specificity (bad cases that stay shut): ${rateText(specificity)}`,
    `sensitivity (good cases that pass): ${rateText(sensitivity)}`,
    `${bad.cases} bad cases with ${misses} misses still allow ${percent(rateOf(misses, bad.cases).high)} misses`,
    half === undefined
      ? 'this judge is no better than a coin: its share of passes says nothing about the share of good changes'
      : `of many changes of which half pass, ${percent(half)} are good by these rates`,
  ].join('\n');
}

function rateText({ value, low, high }: Rate): string {
  return `${percent(value)} (95 % interval ${percent(low)} to ${percent(high)})`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
