import type { Investigation } from '../../runner/diagnose/investigation.ts';
import type { Explanation } from '../analyze/explain/explanation.ts';

/** What there is to print of one object. */
export interface Diagnosis {
  readonly investigation: Investigation;
  /** Absent where nothing is wrong, and with `--no-model`. */
  readonly explanation?: Explanation;
  /** So many lines of each log are shown. */
  readonly logLines: number;
}

const headlines: Readonly<Record<Investigation['health'], string>> = {
  healthy: 'is healthy: no rule finds anything wrong with it',
  progressing: 'is being rolled out, and nothing is wrong with it so far',
  broken: 'is broken',
  unknown: 'may or may not be well: nothing was found, and not all could be told',
};

/** `is broken` */
export function healthText({ health, causes }: Investigation): string {
  if (health !== 'broken' && causes.length > 0)
    return health === 'unknown'
      ? headlines.unknown
      : `${health === 'healthy' ? 'does well' : 'is being rolled out'}, with remarks`;
  return headlines[health];
}

/** Of a log what is shown: its end. */
export function lastLines(text: string, count: number): readonly string[] {
  return text.trimEnd().split('\n').slice(-count);
}

/** Why no model explains. */
export function withoutModelText({ whyNot }: Explanation): string {
  const hint = whyNot?.hint === undefined ? '' : ` (${whyNot.hint})`;
  return `made without a model: ${whyNot?.text ?? 'none was asked'}${hint}`;
}
