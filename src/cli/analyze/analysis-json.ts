import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import type { Exemption } from '../../analyze/exemptions/exemption.ts';
import { identityOf } from '../../analyze/finding-identity.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import { incidentId } from './incident-id.ts';
import type { AnalysisReport } from './report.ts';

/** The report for machines. An undefined field is not written. */
export function analysisJson({ analysis, placeOf, exemptions, baseline }: AnalysisReport): object {
  const { checked, findings, incidents, notChecked } = analysis;
  return {
    findings: findings.map((finding) => printed(finding, placeOf)),
    incidents: incidents.map((incident) => printedIncident(incident)),
    notChecked,
    checked,
    ...(exemptions === undefined ? {} : { exemptions: printedExemptions(exemptions) }),
    ...(baseline === undefined ? {} : { baseline }),
  };
}

/** Findings stand in it by what they are known by. */
function printedIncident(incident: Incident): object {
  const { severity, root, alike, consequences } = incident;
  return {
    id: incidentId(incident),
    severity,
    root: identityOf(root),
    alike: alike.map((finding) => identityOf(finding)),
    consequences: consequences.map(({ finding, because }) => ({ finding: identityOf(finding), because })),
  };
}

/** Without what is there for other outputs. */
function printed(finding: ClusterFinding, placeOf: AnalysisReport['placeOf']): object {
  const place = placeOf(finding);
  const { file, line, column } = place ?? {};
  return { ...finding, k8sgpt: undefined, missing: undefined, place: place && { file, line, column } };
}

function printedExemptions({ exempted, expired, unused }: NonNullable<AnalysisReport['exemptions']>): object {
  return {
    exempted: exempted.map(({ finding, exemption }) => ({
      finding: identityOf(finding),
      exemption: exemption.place,
      reason: exemption.reason,
    })),
    expired: expired.map(({ exemption, findings }) => ({ ...printedExemption(exemption), findings })),
    unused: unused.map((exemption) => printedExemption(exemption)),
  };
}

function printedExemption({ rule, place, expires }: Exemption): object {
  return { rule, exemption: place, expires };
}
