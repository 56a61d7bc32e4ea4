import type { Check, Verdict } from '../verdict.ts';
import { markdownText } from './markdown-text.ts';
import { bySeverity, saysText, valueText } from './check-text.ts';

/** The verdict as Markdown for a job summary: the outcome, its reasons, and every check, worst first. */
export function verdictMarkdown(verdict: Verdict): string {
  const { counts } = verdict;
  const lines = [
    `### Gate ${markdownText(verdict.gate)}: ${verdict.outcome}${verdict.open ? ', open' : ', not open'}${verdict.mode === 'observe' ? ' (observing)' : ''}`,
    '',
    `${scoreText(verdict)} · decided by ${verdict.decidedBy} · ${counts.passed} passed, ${counts.warned} warned, ${counts.failed} failed, ${counts.missing} missing, ${counts.unknown} unknown, ${counts.errors} errors, ${counts.muted} muted`,
    ...judgeLines(verdict),
    ...overrideLines(verdict),
  ];
  if (verdict.reasons.length > 0)
    lines.push('', ...verdict.reasons.map(({ ruleOrQuote }) => `- ${markdownText(ruleOrQuote)}`));
  if (verdict.checks.length > 0) {
    lines.push('', '| result | check | value | condition | weight | says |', '|---|---|---|---|---|---|');
    lines.push(...verdict.checks.toSorted(bySeverity).map(row));
  }
  lines.push('', `Subject \`${verdict.subject.digest}\`, policy \`${verdict.policy.digest}\``);
  return `${lines.join('\n')}\n`;
}

function scoreText({ score, threshold }: Verdict): string {
  return score === null ? `no score, ${threshold} needed` : `score ${score} of ${threshold} needed`;
}

function judgeLines({ judge }: Verdict): readonly string[] {
  if (judge === null) return [];
  const calibration =
    judge.calibration === 'uncalibrated' ? 'uncalibrated' : `calibrated on ${judge.calibration.n} cases`;
  return [
    '',
    `Judged by ${markdownText(judge.modelAnswered)} (${calibration}), ${judge.votes.length} votes, agreement ${judge.agreement}%, anchors ${judge.anchors.right} of ${judge.anchors.shown}`,
  ];
}

function overrideLines({ override }: Verdict): readonly string[] {
  if (override === null) return [];
  return [
    '',
    `Overridden by ${markdownText(override.by)} until ${override.expires}: ${markdownText(override.reason)}`,
  ];
}

function row(check: Check): string {
  const { muted, weight } = check;
  const counted = weight === 0 ? 'info' : `${weight}${check.key ? ' key' : ''}`;
  const result = muted === null ? check.result : `${check.result} (muted)`;
  const cells = [result, check.id, valueText(check), check.condition ?? '', counted, saysText(check)];
  return `| ${cells.map(markdownText).join(' | ')} |`;
}
