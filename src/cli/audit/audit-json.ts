import { countSeverities, type Finding } from '../../analyze/finding.ts';
import type { Explanation } from '../analyze/explain/explanation.ts';
import { exemptionsJson } from '../analyze/exemptions-json.ts';
import type { AuditReport } from './report.ts';

/** The report for machines. An undefined field is not written. */
export function auditJson(report: AuditReport): object {
  const { audited, score, exemptions, images, explanation } = report;
  const { findings, notCovered, notJudged, builtInRoles, placeOf } = audited;
  return {
    summary: {
      score: score?.worst ?? null,
      mean: score?.total ?? null,
      objects: score?.objects.length ?? 0,
      worst: findings[0]?.severity ?? '',
      counts: countSeverities(findings),
      findings: findings.length,
    },
    findings: findings.map((finding) => printed(finding, placeOf)),
    scores: score?.objects ?? [],
    notCovered,
    notJudged,
    builtInRoles,
    images: { scanned: images.scanned, notScanned: images.notScanned, leftOut: images.leftOut },
    ...(exemptions === undefined ? {} : { exemptions: exemptionsJson(exemptions) }),
    ...(explanation === undefined ? {} : { explanation: printedExplanation(explanation) }),
  };
}

function printedExplanation({ text, model, whyNot, suspicion }: Explanation): object {
  return { by: model === undefined ? 'rules' : 'model', ...model, whyNot, suspicion, text };
}

function printed(finding: Finding, placeOf: AuditReport['audited']['placeOf']): object {
  const { file, line, column } = placeOf(finding) ?? {};
  return { ...finding, place: file === undefined ? undefined : { file, line, column } };
}
