import type { Analysis } from '../../analyze/cluster/analyze-cluster.ts';
import { compareSeverity } from '../../analyze/finding.ts';
import { identityOf } from '../../analyze/finding-identity.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import type { CustomAnalysis } from './run-custom-analyzers.ts';

/** One analysis of both. Of one severity what the user's analyzers found comes after the rest; each problem is an incident. */
export function joinAnalysis(analysis: Analysis, custom: CustomAnalysis): Analysis {
  const own = custom.findings.map((root): Incident => ({
    key: identityOf(root),
    severity: root.severity,
    root,
    alike: [],
    consequences: [],
  }));
  return {
    ...analysis,
    checked: [...analysis.checked, ...custom.checked],
    findings: [...analysis.findings, ...custom.findings].toSorted(compareSeverity),
    incidents: [...analysis.incidents, ...own].toSorted(compareSeverity),
    notChecked: [...analysis.notChecked, ...custom.notChecked],
  };
}
