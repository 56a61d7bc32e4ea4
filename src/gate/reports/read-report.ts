import { readStrictJson } from '../strict-json.ts';
import type { Found } from './found.ts';
import { readGatekeeper } from './gatekeeper.ts';
import { readJunit } from './junit.ts';
import { readKubeLinter } from './kube-linter.ts';
import { readKubeScore } from './kube-score.ts';
import { readPolaris } from './polaris.ts';
import { readPolicyReport } from './policy-report.ts';
import { ReportFault, ReportNode } from './report-node.ts';
import type { Report, ToolRun } from './report.ts';
import { readSarif } from './sarif.ts';
import { readTrivy } from './trivy.ts';

export type ReportFormat =
  | 'sarif'
  | 'junit'
  | 'kube-linter'
  | 'kube-score'
  | 'polaris'
  | 'policy-report'
  | 'gatekeeper'
  | 'trivy';

export const reportFormats: readonly ReportFormat[] = [
  'sarif',
  'junit',
  'kube-linter',
  'kube-score',
  'polaris',
  'policy-report',
  'gatekeeper',
  'trivy',
];

export type ReadReport =
  | { readonly ok: true; readonly report: Report }
  /** The report cannot be used; the objective's measurement is an error, never a zero. */
  | { readonly ok: false; readonly message: string };

const maxBytes = 16 * 1024 * 1024;
const maxDepth = 64;
const maxFindings = 100_000;

/** Reads what a tool wrote. Bounded in size, depth and number; what it cannot read it refuses, and says where. */
export function readReport(format: ReportFormat, text: string, run: ToolRun = {}): ReadReport {
  try {
    const found = read(format, text);
    if (found.findings.length > maxFindings)
      throw new ReportFault(`it has more than ${maxFindings} findings`);
    return { ok: true, report: reportOf(found, run) };
  } catch (error) {
    if (error instanceof ReportFault) return { ok: false, message: `${format} report: ${error.message}` };
    throw error;
  }
}

function read(format: ReportFormat, text: string): Found {
  if (format === 'junit') {
    if (text.length > maxBytes) throw new ReportFault(`it is larger than ${maxBytes} bytes`);
    return readJunit(text);
  }
  const json = readStrictJson(text, { maxBytes, maxDepth });
  if (!json.ok) throw new ReportFault(json.message);
  const root = new ReportNode(json.value);
  switch (format) {
    case 'sarif':
      return readSarif(root);
    case 'kube-linter':
      return readKubeLinter(root);
    case 'kube-score':
      return readKubeScore(root);
    case 'polaris':
      return readPolaris(root);
    case 'policy-report':
      return readPolicyReport(root);
    case 'gatekeeper':
      return readGatekeeper(root);
    case 'trivy':
      return readTrivy(root);
  }
}

/** Where a format has no count, what the caller handed to the tool counts, and else only what has findings. */
function reportOf(found: Found, run: ToolRun): Report {
  const named = new Set(found.findings.map(({ place }) => place)).size;
  return {
    tool: found.tool,
    findings: found.findings,
    checkedObjects: found.checked ?? run.checkedObjects ?? named,
    toolExit: run.exit ?? found.exit ?? null,
    failures: found.failures ?? [],
  };
}
