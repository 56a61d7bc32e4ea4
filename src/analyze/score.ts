import type { Category, Finding, Severity } from './finding.ts';

/** What one rule takes from 100, once, however many containers break it. docs: the table of the score. */
const severityPoints: Readonly<Record<Severity, number>> = {
  critical: 40,
  high: 15,
  medium: 8,
  low: 3,
  info: 0,
};

/**
 * The medium and low findings of one category are mostly one omission (a missing securityContext, a missing `resources`),
 * so together they take at most this much. Critical and high ones always count in full.
 */
const categoryCap = 20;

/** However well it is written, a workload that does not run scores at most this, by the worst of its runtime findings. */
const runtimeCeiling: Readonly<Record<Severity, number>> = {
  critical: 20,
  high: 35,
  medium: 50,
  low: 100,
  info: 100,
};

/** One line of the sum; the points of all lines add up to 100 minus the score. */
interface ScoreLine {
  /** A rule's id, `cap:CATEGORY`, `ceiling` or `floor`. */
  readonly item: string;
  /** Negative in a line that gives points back. */
  readonly points: number;
  readonly because: string;
}

export interface Score {
  /** Integer, 0 to 100. A further finding never raises it. */
  readonly score: number;
  readonly explanation: readonly ScoreLine[];
}

export function score(findings: readonly Finding[]): Score {
  const worst = worstOfRules(findings);
  const lines: ScoreLine[] = worst.map((finding) => ({
    item: finding.id,
    points: severityPoints[finding.severity],
    because: `${finding.severity}: ${finding.text}`,
  }));
  for (const category of new Set(worst.map((finding) => finding.category))) {
    const over = minorPoints(worst, category) - categoryCap;
    if (over > 0) {
      const because = `medium and low findings of "${category}" take at most ${categoryCap} points together`;
      lines.push({ item: `cap:${category}`, points: -over, because });
    }
  }
  const taken = lines.reduce((sum, line) => sum + line.points, 0);
  const sum = Math.max(0, 100 - taken);
  if (taken > 100) lines.push({ item: 'floor', points: 100 - taken, because: 'a score is at least 0' });
  const ceiling = ceilingOf(worst);
  if (sum > ceiling.value)
    lines.push({ item: 'ceiling', points: sum - ceiling.value, because: ceiling.because });
  return { score: Math.min(sum, ceiling.value), explanation: lines.filter((line) => line.points !== 0) };
}

/** One finding for each rule, its worst. Sorted, so that the order of the input does not show. */
function worstOfRules(findings: readonly Finding[]): readonly Finding[] {
  const worst = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.category}/${finding.id}`;
    const known = worst.get(key);
    if (known === undefined || severityPoints[finding.severity] > severityPoints[known.severity])
      worst.set(key, finding);
  }
  return [...worst.values()].toSorted(
    (a, b) => severityPoints[b.severity] - severityPoints[a.severity] || (a.id < b.id ? -1 : 1),
  );
}

function minorPoints(findings: readonly Finding[], category: Category): number {
  return findings
    .filter(
      (finding) =>
        finding.category === category && (finding.severity === 'medium' || finding.severity === 'low'),
    )
    .reduce((sum, finding) => sum + severityPoints[finding.severity], 0);
}

function ceilingOf(findings: readonly Finding[]): { readonly value: number; readonly because: string } {
  let ceiling = { value: 100, because: '' };
  for (const finding of findings) {
    if (finding.category !== 'runtime' || runtimeCeiling[finding.severity] >= ceiling.value) continue;
    const value = runtimeCeiling[finding.severity];
    ceiling = {
      value,
      because: `it does not run as it should (${finding.id}), so it scores at most ${value}`,
    };
  }
  return ceiling;
}
