import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { findingOutput, incidentOutput } from '../../ops/analysis-output.ts';
import type { Explanation } from './explain/explanation.ts';
import { exemptionsJson } from './exemptions-json.ts';
import type { AnalysisReport } from './report.ts';

/** The report for machines. An undefined field is not written. */
export function analysisJson({
  analysis,
  placeOf,
  docs,
  explanations,
  exemptions,
  baseline,
}: AnalysisReport): object {
  const { checked, findings, incidents, notChecked } = analysis;
  return {
    findings: findings.map((finding) => ({
      ...printed(finding, placeOf),
      // Null says that it was looked for.
      ...(docs?.has(finding) === true ? { documentation: docs.get(finding) ?? null } : {}),
    })),
    incidents: incidents.map((incident) => ({
      ...incidentOutput(incident),
      ...explanationOutput(explanations?.get(incident)),
    })),
    notChecked,
    checked,
    ...(exemptions === undefined ? {} : { exemptions: exemptionsJson(exemptions) }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

/** Without what differs from one call to the next: the same state prints the same bytes. */
function explanationOutput(explanation: Explanation | undefined): object {
  if (explanation === undefined) return {};
  const { text, model, whyNot, suspicion } = explanation;
  const by = model === undefined ? { by: 'rules', whyNot } : { by: 'model', ...model };
  return { explanation: { ...by, text, ...(suspicion === undefined ? {} : { suspicion }) } };
}

function printed(finding: ClusterFinding, placeOf: AnalysisReport['placeOf']): object {
  const place = placeOf(finding);
  const { file, line, column } = place ?? {};
  return { ...findingOutput(finding), place: place && { file, line, column } };
}
