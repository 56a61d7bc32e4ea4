import { mayHideMore } from '../../analyze/cluster/read-gap.ts';
import { isAtLeast, type Severity } from '../../analyze/finding.ts';
import { describeRef } from '../../analyze/object-name.ts';
import { junitText, type JunitCase, type JunitSuite } from '../../gate/export/junit-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { gapLines } from './notes.ts';
import { findingsByObject, type AuditReport } from './report.ts';

/**
 * A suite for each object: a case for each finding, or one that passed. With `failOn`, findings below it are skipped, as
 * exempted ones are. What could not be judged is an error; a kind that no rule is about is skipped.
 */
export function auditJunit(report: AuditReport, failOn: Severity | undefined): string {
  const { score, exemptions, audited } = report;
  const findingsOf = findingsByObject(report);
  const suites = (score?.objects ?? []).map((scored): JunitSuite => {
    const suite = cleanLine(describeRef(scored.object));
    const cases = findingsOf(scored).map(({ id, severity, text, fix, fieldPath = '' }): JunitCase => {
      const message = cleanLine(`${severity}: ${text} Fix: ${fix}`);
      const isCounted = failOn === undefined || isAtLeast(severity, failOn);
      return {
        suite,
        name: cleanLine(`${id} ${fieldPath}`.trimEnd()),
        end: isCounted ? { kind: 'failure', type: id, message } : { kind: 'skipped', message },
      };
    });
    return { name: suite, cases: cases.length === 0 ? [{ suite, name: 'no findings' }] : cases };
  });
  const exempted = (exemptions?.exempted ?? []).map(({ finding, exemption }): JunitCase => {
    const message = `exempted until ${exemption.expires}: ${exemption.reason}`;
    return {
      suite: 'exempted',
      name: cleanLine(`${describeRef(finding.object)} ${finding.id}`),
      end: { kind: 'skipped', message: cleanLine(message) },
    };
  });
  const isComplete = !audited.notJudged.some(mayHideMore) && report.images.notScanned.length === 0;
  const gaps = gapLines(report).map((line): JunitCase => {
    const message = cleanLine(line);
    return { suite: 'not judged', name: message, end: { kind: isComplete ? 'skipped' : 'error', message } };
  });
  return junitText([
    ...suites,
    ...(exempted.length === 0 ? [] : [{ name: 'exempted', cases: exempted }]),
    ...(gaps.length === 0 ? [] : [{ name: 'not judged', cases: gaps }]),
  ]);
}
