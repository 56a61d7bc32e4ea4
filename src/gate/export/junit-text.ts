import { isCounted } from '../evaluate/combine.ts';
import type { Check, Verdict } from '../verdict.ts';
import { xmlText } from './xml-text.ts';

/** One case of a JUnit suite. Without a failure, an error or a skip it passed. */
export interface JunitCase {
  readonly suite: string;
  readonly name: string;
  readonly seconds?: number;
  readonly end?: {
    readonly kind: 'failure' | 'error' | 'skipped';
    readonly type?: string;
    readonly message: string;
  };
}

export interface JunitSuite {
  readonly name: string;
  /** RFC 3339. */
  readonly timestamp?: string;
  readonly seconds?: number;
  readonly cases: readonly JunitCase[];
}

/**
 * The verdict as a JUnit suite: a case for each check, and one for the gate itself, which fails wherever the gate is not open.
 * Checks for information and muted ones are skipped, so that no reader counts them as failures.
 */
export function verdictJunit(verdict: Verdict): string {
  return junitText([verdictSuite(verdict)]);
}

export function verdictSuite(verdict: Verdict): JunitSuite {
  const suite = verdict.gate;
  const reasons = verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote).join('; ');
  const isRed = !verdict.open && verdict.mode === 'enforce';
  const failure = { kind: 'failure', message: `${verdict.outcome}: ${reasons}` } as const;
  return {
    name: suite,
    ...(verdict.at === null ? {} : { timestamp: verdict.at }),
    cases: [
      { suite, name: 'gate', ...(isRed ? { end: failure } : {}) },
      ...verdict.checks.map((check) => {
        const end = endOf(check);
        return { suite, name: check.id, ...(end === undefined ? {} : { end }) };
      }),
    ],
  };
}

function endOf(check: Check): JunitCase['end'] {
  const { muted, message } = check;
  if (muted !== null) return { kind: 'skipped', message: `muted until ${muted.until}: ${muted.why}` };
  if (!isCounted(check) && check.kind !== 'freeze') return { kind: 'skipped', message: 'for information' };
  if (check.outcome === 'pass') return undefined;
  return check.result === 'error'
    ? { kind: 'error', message }
    : { kind: 'failure', type: check.result, message };
}

/** A JUnit document as CI systems read it. Every text may be hostile. */
export function junitText(suites: readonly JunitSuite[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines({ name, timestamp, seconds, cases }: JunitSuite): readonly string[] {
  const count = (kind: string): number => cases.filter(({ end }) => end?.kind === kind).length;
  const head = attributes({
    name,
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: secondsText(seconds),
    timestamp,
  });
  return [`  <testsuite${head}>`, ...cases.map((each) => `    ${caseText(each)}`), '  </testsuite>'];
}

function caseText({ suite, name, seconds, end }: JunitCase): string {
  const head = attributes({ classname: suite, name, time: secondsText(seconds) });
  const ending =
    end === undefined ? '' : `<${end.kind}${attributes({ type: end.type, message: end.message })}/>`;
  return `<testcase${head}>${ending}</testcase>`;
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${xmlText(String(value))}"`)
    .join('');
}

function secondsText(seconds: number | undefined): string | undefined {
  return seconds?.toFixed(3);
}
