import type { Evidence } from '../../analyze/finding.ts';
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

const withRemarks = {
  healthy: 'does well',
  progressing: 'is being rolled out',
  unknown: 'may or may not be well: not all could be told',
} as const;

/** `is broken` */
export function healthText({ health, causes }: Investigation): string {
  if (health !== 'broken' && causes.length > 0) return `${withRemarks[health]}, with remarks`;
  return headlines[health];
}

const mostEvidence = 3;
/** Shorter than this, an end of a text is in others by chance. */
const shortestEnd = 60;

/** Without what stands in another piece already: kubelets, events and Pods repeat each other's messages. */
export function shownEvidence(evidence: readonly Evidence[]): readonly Evidence[] {
  const kept: Evidence[] = [];
  for (const each of evidence) {
    const end = each.text.slice(each.text.indexOf(': ') + 2);
    const told = end.length >= shortestEnd ? end : each.text;
    if (!kept.some(({ text }) => text.includes(told))) kept.push(each);
  }
  return kept.slice(0, mostEvidence);
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
