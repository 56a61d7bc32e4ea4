import type { Fault } from '../../api/fault.ts';
import type { JsonObject } from '../../api/json.ts';
import { version } from '../../api/version.ts';
import { sarifLocation } from '../../gate/export/sarif-log.ts';
import type { CliIo } from '../io.ts';
import { faultMessage } from '../render/fault-text.ts';
import { reportedUri } from './reported-path.ts';

/** GitHub shows 5,000 results of a run and refuses one with more than 25,000. */
const mostResults = 5000;

/** A fault that vet found, a step that failed, or a problem of an object. */
export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly message: string;
  /** Absent, with line and column, for what stands in no file. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Field path, path of a step, or name of an object. */
  readonly path: string;
  /** Tells whether a later log has the same result, wherever its line has moved to. */
  readonly fingerprint?: string;
}

export function faultFinding(fault: Fault): Finding {
  return { ...fault, message: faultMessage(fault) };
}

/** Findings as one run of a SARIF log: a rule for each code, errors before warnings where not all of them fit. */
export function findingsSarifRun(
  findings: readonly Finding[],
  category: string,
  io: Pick<CliIo, 'cwd' | 'env'>,
): JsonObject {
  const byWeight = findings.toSorted((a, b) => weight(a) - weight(b));
  const shown = byWeight.slice(0, mostResults);
  const codes = [...new Set(shown.map(({ code }) => code))].toSorted();
  return {
    tool: {
      driver: { name: 'sluice', version, rules: codes.map((id) => ({ id, shortDescription: { text: id } })) },
    },
    automationDetails: { id: `sluice/${category}/` },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: true, ...omitted(findings.length - shown.length) }],
    results: shown.map((finding) => resultOf(finding, codes, io)),
  };
}

function resultOf(finding: Finding, codes: readonly string[], io: Pick<CliIo, 'cwd' | 'env'>): JsonObject {
  const { code, severity, message, path, fingerprint } = finding;
  const logical = path === '' ? {} : { logicalLocations: [{ fullyQualifiedName: path }] };
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: path === '' ? message : `${path}: ${message}` },
    locations: [{ ...physicalPlace(finding, io), ...logical }],
    ...(fingerprint === undefined ? {} : { partialFingerprints: { 'sluiceFinding/v1': fingerprint } }),
  };
}

function physicalPlace({ file, line = 1, column = 1 }: Finding, io: Pick<CliIo, 'cwd' | 'env'>): JsonObject {
  return file === undefined ? {} : sarifLocation({ uri: reportedUri(file, io), line, column });
}

function omitted(count: number): JsonObject {
  if (count === 0) return {};
  const text = `${count} more findings are not part of this log`;
  return { toolExecutionNotifications: [{ level: 'warning', message: { text } }] };
}

function weight({ severity }: Finding): number {
  return ['error', 'warning', 'note'].indexOf(severity);
}
