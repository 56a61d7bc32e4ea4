import { isCounted } from '../evaluate/combine.ts';
import type { Check, Verdict } from '../verdict.ts';

/**
 * The verdict as a JUnit suite: a case for each check, and one for the gate itself, which fails wherever the gate is not open.
 * Checks for information and muted ones are skipped, so that no reader counts them as failures.
 */
export function verdictJunit(verdict: Verdict): string {
  const checks = verdict.checks.map((check) => caseOf(verdict.gate, check));
  const reasons = verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote).join('; ');
  const isRed = !verdict.open && verdict.mode === 'enforce';
  const body = isRed ? `<failure message="${escape(`${verdict.outcome}: ${reasons}`)}"/>` : '';
  const cases = [`<testcase classname="${escape(verdict.gate)}" name="gate">${body}</testcase>`, ...checks];
  const count = (tag: string): number => cases.filter((each) => each.includes(`<${tag} `)).length;
  const time = verdict.at === null ? '' : ` timestamp="${verdict.at}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="${escape(verdict.gate)}" tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"${time}>`,
    ...cases.map((each) => `    ${each}`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseOf(gate: string, check: Check): string {
  return `<testcase classname="${escape(gate)}" name="${escape(check.id)}">${bodyOf(check)}</testcase>`;
}

function bodyOf(check: Check): string {
  const message = escape(check.message);
  if (check.muted !== null)
    return `<skipped message="${escape(`muted until ${check.muted.until}: ${check.muted.why}`)}"/>`;
  if (!isCounted(check) && check.kind !== 'freeze') return '<skipped message="for information"/>';
  if (check.outcome === 'pass') return '';
  return check.result === 'error'
    ? `<error message="${message}"/>`
    : `<failure type="${check.result}" message="${message}"/>`;
}

/** Also leaves out what XML 1.0 has no form for. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, ' ');
}
