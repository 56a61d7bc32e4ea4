import type { Finding as Problem, Severity } from '../../analyze/finding.ts';
import { identityOf } from '../../analyze/finding-identity.ts';
import { stringifyJson } from '../../api/json.ts';
import { digestOf } from '../../gate/digest.ts';
import { sarifLog } from '../../gate/export/sarif-log.ts';
import type { CliIo } from '../io.ts';
import { findingsSarifRun, type Finding } from '../reports/findings-sarif.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { FindingPlaces } from './finding-places.ts';
import { findingPlace } from './finding-text.ts';

/** A SARIF 2.1.0 log with one run. A problem of a cluster has the name of its object as its place, one of files a line, too. */
export function problemsSarif(
  problems: readonly Problem[],
  placeOf: FindingPlaces,
  command: 'analyze' | 'audit',
  io: Pick<CliIo, 'cwd' | 'env'>,
): string {
  const findings = problems.map((finding): Finding => {
    const { fix, severity, text, id } = finding;
    const place = placeOf(finding);
    return {
      code: id,
      severity: levels[severity],
      message: cleanLine(`${text} Fix: ${fix}`),
      path: cleanLine(objectPath(finding)),
      fingerprint: digestOf(identityOf(finding)),
      ...(place === undefined ? {} : { file: place.file, line: place.line, column: place.column }),
    };
  });
  return `${stringifyJson(sarifLog([findingsSarifRun(findings, command, io)]), 2)}\n`;
}

const levels: Readonly<Record<Severity, Finding['severity']>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

function objectPath(finding: Problem): string {
  const { cluster, kind } = finding.object;
  const field = finding.fieldPath === undefined ? '' : ` ${finding.fieldPath}`;
  return `${cluster === '' ? '' : `${cluster}: `}${kind} ${findingPlace(finding)}${field}`;
}
