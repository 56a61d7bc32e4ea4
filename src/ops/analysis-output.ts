import type { Analysis, ClusterFinding } from '../analyze/cluster/analyze-cluster.ts';
import { identityKey, identityOf } from '../analyze/finding-identity.ts';
import { countSeverities, type Severity } from '../analyze/finding.ts';
import type { Incident } from '../analyze/incident/incident.ts';
import { describeRef } from '../analyze/object-name.ts';
import { mayHide, verdictOf, type ClusterVerdict } from '../analyze/verdict.ts';
import { stringifyJson } from '../api/json.ts';
import { byteLength } from '../evidence/cut-text.ts';
import { digestOfText } from '../gate/digest.ts';

/** Bytes, as JSON: what runs keep is bounded, and in a cluster they keep it in their status. */
const limits = { findings: 48 * 1024, incidents: 24 * 1024, notChecked: 8 * 1024 };
/** Of each incident. */
const mostMembers = 20;
const mostLines = 20;

/** What a gate asks for of an analysis. */
export interface AnalysisSummary {
  readonly verdict: ClusterVerdict;
  /** '' where nothing was found. */
  readonly worst: Severity | '';
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: number;
  readonly incidents: number;
  /** What could not be looked at and may hide a problem. */
  readonly unchecked: number;
  /** Workloads whose rollout is not over. */
  readonly rollouts: number;
  readonly ignored: number;
  readonly known: number;
}

/** An analysis as outputs of a step hold it. Of many findings the worst that have room; the summary counts all. */
export function analysisOutput(
  analysis: Analysis,
  accepted: Pick<AnalysisSummary, 'ignored' | 'known'>,
): {
  readonly findings: readonly object[];
  readonly incidents: readonly object[];
  readonly notChecked: Analysis['notChecked'];
  readonly summary: AnalysisSummary;
  readonly message: string;
  readonly table: string;
} {
  const { findings, incidents, notChecked } = analysis;
  const summary = summaryOf(analysis, accepted);
  return {
    findings: fitting(findings.map(findingOutput), limits.findings),
    incidents: fitting(incidents.map(shortened).map(incidentOutput), limits.incidents),
    notChecked: fitting(notChecked, limits.notChecked),
    summary,
    message: messageOf(summary, incidents[0]),
    table: incidents
      .slice(0, mostLines)
      .map(({ severity, root }) => `${severity}  ${describeRef(root.object)}  ${root.id}: ${root.text}`)
      .join('\n'),
  };
}

/** The first that have room. */
function fitting<Item extends object>(items: readonly Item[], limitBytes: number): readonly Item[] {
  let left = limitBytes;
  const end = items.findIndex((item) => (left -= byteLength(stringifyJson(item))) < 0);
  return end < 0 ? items : items.slice(0, end);
}

function shortened(incident: Incident): Incident {
  const { alike, consequences } = incident;
  return {
    ...incident,
    alike: alike.slice(0, mostMembers),
    consequences: consequences.slice(0, mostMembers),
  };
}

function summaryOf(
  analysis: Analysis,
  accepted: Pick<AnalysisSummary, 'ignored' | 'known'>,
): AnalysisSummary {
  const { findings, incidents, notChecked, rollingOut } = analysis;
  const verdict = verdictOf(analysis);
  const rollouts = rollingOut.length;
  return {
    verdict: verdict === 'healthy' && rollouts > 0 ? 'unknown' : verdict,
    worst: findings[0]?.severity ?? '',
    counts: countSeverities(findings),
    findings: findings.length,
    incidents: incidents.length,
    unchecked: notChecked.filter(mayHide).length,
    rollouts,
    ...accepted,
  };
}

function messageOf(
  { findings, incidents, unchecked, rollouts }: AnalysisSummary,
  worst: Incident | undefined,
): string {
  const found =
    worst === undefined
      ? 'nothing found'
      : `${findings} ${findings === 1 ? 'problem' : 'problems'} of ${incidents} ${incidents === 1 ? 'cause' : 'causes'}, the worst: ${worst.root.id} of ${describeRef(worst.root.object)}`;
  return [
    found,
    ...(unchecked === 0 ? [] : [`${unchecked} not checked`]),
    ...(rollouts === 0 ? [] : [`${rollouts} still rolling out`]),
  ].join('; ');
}

/** 12 hex digits that stay from one look to the next while the root does. */
export function incidentId({ key }: Incident): string {
  return digestOfText(identityKey(key)).slice('sha256:'.length, 'sha256:'.length + 12);
}

/** A finding without what is there for single formats. */
export function findingOutput({ k8sgpt: _k8sgpt, missing: _missing, ...finding }: ClusterFinding): object {
  return finding;
}

/** Findings stand in it by what they are known by. */
export function incidentOutput(incident: Incident): object {
  const { severity, root, alike, consequences } = incident;
  return {
    id: incidentId(incident),
    severity,
    root: identityOf(root),
    alike: alike.map((finding) => identityOf(finding)),
    consequences: consequences.map(({ finding, because }) => ({ finding: identityOf(finding), because })),
  };
}
