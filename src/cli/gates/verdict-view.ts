import { bySeverity, saysText, valueText } from '../../gate/export/check-text.ts';
import type { Check, CheckResult, Verdict } from '../../gate/verdict.ts';
import { timeText } from '../render/elapsed.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { fitWidth } from '../terminal/display-width.ts';
import type { Style } from '../terminal/style.ts';
import { wrappedTable } from '../terminal/table.ts';
import { wrapText } from '../terminal/wrap-text.ts';

export interface VerdictOptions {
  readonly style: Style;
  readonly columns: number;
  /** Its name in the store. */
  readonly id: string;
}

const mostShown = 100;

/** A verdict for people: what it came to and why, each check, who judged at what price, and what it is about. */
export function verdictView(verdict: Verdict, options: VerdictOptions): string {
  const { style, columns } = options;
  const blocks = [headline(verdict, style), reasons(verdict, options), checks(verdict, options)];
  const facts = factsOf(verdict, options.id).map(([name, value]) => {
    const [first = '', ...more] = wrapText(cleanLine(value), columns - 14);
    return [
      `  ${style.dim(name.padEnd(10))}  ${first}`,
      ...more.map((line) => `${' '.repeat(14)}${line}`),
    ].join('\n');
  });
  return `${[...blocks, facts.join('\n')].filter((block) => block !== '').join('\n\n')}\n`;
}

function headline(verdict: Verdict, style: Style): string {
  const { outcome, score, threshold, decidedBy, counts } = verdict;
  const came = `${style.bold(`gate ${cleanLine(verdict.gate)}`)}  ${paint(outcome, stateText(verdict), style)}`;
  const scored = score === null ? `no score (${threshold} needed)` : `score ${score} of ${threshold} needed`;
  const tally = Object.entries({
    passed: counts.passed,
    warned: counts.warned,
    failed: counts.failed,
    missing: counts.missing,
    unknown: counts.unknown,
    'in error': counts.errors,
    muted: counts.muted,
  })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`);
  const counted = `${counts.evaluated} of ${counts.total} checks evaluated`;
  return [came, `  ${[scored, `decided by ${decidedBy}`, counted, ...tally].join(', ')}`].join('\n');
}

/** `fail, not open`; a gate that only observes is neither open nor shut. */
export function stateText({ outcome, open, mode }: Pick<Verdict, 'outcome' | 'open' | 'mode'>): string {
  return `${outcome}, ${mode === 'observe' ? 'observing' : open ? 'open' : 'not open'}`;
}

function reasons(verdict: Verdict, { style, columns }: VerdictOptions): string {
  const lines = verdict.reasons.flatMap(({ ruleOrQuote }) => {
    const [first = '', ...more] = wrapText(cleanLine(ruleOrQuote), columns - 4);
    return [`  ${style.dim('-')} ${first}`, ...more.map((line) => `    ${line}`)];
  });
  return lines.join('\n');
}

function checks({ checks: all }: Verdict, { style, columns }: VerdictOptions): string {
  if (all.length === 0) return '';
  const shown = all.toSorted(bySeverity).slice(0, mostShown);
  const rows = shown.map((check) => [
    resultText(check),
    check.id,
    fitWidth(cleanLine(valueText(check)), 40, style.ellipsis),
    check.condition ?? '',
    check.weight === 0 ? 'info' : `${check.weight}${check.key ? ' key' : ''}`,
    saysText(check) + quoteText(check),
  ]);
  const heads = ['RESULT', 'CHECK', 'VALUE', 'CONDITION', 'WEIGHT', 'SAYS'];
  const cells = [heads, ...rows].map((row) => row.map(cleanLine));
  const text = wrappedTable(cells, columns - 2).trimEnd();
  const more = all.length - shown.length;
  const lines = text.split('\n').map((line) => paintRow(`  ${line}`, style));
  return [...lines, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

function resultText({ result, muted }: Check): string {
  return muted === null ? result : `${result} (muted)`;
}

function quoteText({ quote, evidenceRef }: Check): string {
  if (quote === null) return '';
  return ` [quoted: ${quote}${evidenceRef === null ? '' : `, in ${evidenceRef}`}]`;
}

function factsOf(verdict: Verdict, id: string): readonly (readonly [string, string])[] {
  const { judge, suspicion, override, tokens, cost, subject, policy, expires, attempt } = verdict;
  const facts: (readonly [string, string])[] = [];
  if (judge !== null) facts.push(['judge', judgeText(judge)]);
  for (const { evidenceRef, pattern } of suspicion.slice(0, 10))
    facts.push(['suspicion', `${evidenceRef} holds text that looks like instructions: ${pattern}`]);
  if (suspicion.length > 10) facts.push(['suspicion', `and ${suspicion.length - 10} more`]);
  if (tokens > 0 || judge !== null)
    facts.push(['model use', `${tokens} tokens, ${cost === null ? 'price not known' : `$${cost}`}`]);
  if (override !== null)
    facts.push([
      'override',
      `by ${override.by} (${override.groups.join(', ')}) until ${timeText(override.expires)}: ${override.reason}`,
    ]);
  facts.push(['subject', `${subject.kind} ${subject.name} ${subject.digest}`]);
  facts.push(['policy', policy.digest]);
  facts.push(['expires', expires === null ? 'no time: it opens nothing' : timeText(expires)]);
  facts.push(['verdict', attempt > 1 ? `${id}, attempt ${attempt}` : id]);
  return facts;
}

function judgeText(judge: NonNullable<Verdict['judge']>): string {
  const { calibration, votes, agreement, anchors, modelAnswered, provider } = judge;
  const measured =
    calibration === 'uncalibrated'
      ? 'uncalibrated'
      : `calibrated on ${calibration.n} cases (specificity ${percent(calibration.specificity)}, sensitivity ${percent(calibration.sensitivity)})`;
  return `${modelAnswered} at ${provider}, ${measured}, ${votes.length} votes, agreement ${agreement}%, anchors ${anchors.right} of ${anchors.shown}`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

function paint(outcome: Verdict['outcome'], text: string, style: Style): string {
  if (outcome === 'pass') return style.green(text);
  return outcome === 'warn' || outcome === 'inconclusive' ? style.yellow(text) : style.red(text);
}

const colours: Readonly<Record<CheckResult, 'red' | 'yellow' | 'green' | 'dim'>> = {
  fail: 'red',
  error: 'red',
  missing: 'red',
  unknown: 'yellow',
  warn: 'yellow',
  pass: 'green',
  info: 'dim',
};

/** Colours the first word of a row, where it is a result: painting cells would upset their widths. */
function paintRow(line: string, style: Style): string {
  const [, lead = '', word = ''] = /^(\s*)(\w+)/.exec(line) ?? [];
  const colour = lead === '  ' && Object.hasOwn(colours, word) ? colours[word as CheckResult] : undefined;
  return colour === undefined
    ? line
    : `${lead}${style[colour](word)}${line.slice(lead.length + word.length)}`;
}
