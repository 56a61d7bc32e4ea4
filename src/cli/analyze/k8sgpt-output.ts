import type { Analysis, ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import type { Explanation, Explanations } from './explain/explanation.ts';
import { notCheckedText } from './not-checked-text.ts';
import type { AnalysisReport } from './report.ts';

/** The JSON that k8sgpt prints, in its words; `problems` counts failures, several of which may be of one object. */
export function k8sgptOutput(
  { findings, incidents, notChecked }: Analysis,
  { explanations, docs }: Pick<AnalysisReport, 'explanations' | 'docs'> = {},
): object {
  const said = explanationsByFinding(incidents, explanations);
  const told = findings.filter(({ k8sgpt }) => k8sgpt !== undefined);
  const results = Map.groupBy(told, (finding) => `${kindOf(finding)} ${nameOf(finding)}`);
  // What is not installed has no fault, and k8sgpt's readers take an error for one.
  const errors = notChecked.filter(({ reason }) => reason !== 'NotInstalled');
  return {
    provider: [...said.values()].find(({ model }) => model !== undefined)?.model?.server ?? '',
    errors: errors.length === 0 ? null : errors.map((gap) => notCheckedText(gap)),
    status: told.length === 0 ? 'OK' : 'ProblemDetected',
    problems: told.length,
    results: [...results.values()].map((failures) => ({
      kind: failures[0] === undefined ? '' : kindOf(failures[0]),
      name: failures[0] === undefined ? '' : nameOf(failures[0]),
      error: failures.map((finding) => ({
        Text: finding.k8sgpt?.text ?? '',
        KubernetesDoc: docs?.get(finding)?.text ?? '',
        Sensitive: sensitiveIn(finding.k8sgpt?.text ?? '', said.get(finding)),
      })),
      // What explains several failures of an object is said once.
      details: [...new Set(failures.map((finding) => said.get(finding)?.text ?? ''))].join('\n\n').trim(),
      parentObject: failures[0]?.parent ?? '',
    })),
  };
}

function explanationsByFinding(
  incidents: readonly Incident[],
  explanations: Explanations | undefined,
): ReadonlyMap<ClusterFinding, Explanation> {
  const said = new Map<ClusterFinding, Explanation>();
  for (const incident of incidents) {
    const explanation = explanations?.get(incident);
    const { root, alike, consequences } = incident;
    if (explanation === undefined) continue;
    for (const finding of [root, ...alike, ...consequences.map((each) => each.finding)])
      said.set(finding, explanation);
  }
  return said;
}

/** What was replaced in the text before it was sent; what k8sgpt masks is in base64, too. */
function sensitiveIn(text: string, explanation: Explanation | undefined): readonly object[] {
  return Object.entries(explanation?.replaced ?? {})
    .filter(([, name]) => text.includes(name))
    .map(([masked, name]) => ({ Unmasked: name, Masked: Buffer.from(masked).toString('base64') }));
}

function kindOf({ analyzer, k8sgpt }: ClusterFinding): string {
  return k8sgpt?.kind ?? analyzer;
}

function nameOf({ object, k8sgpt }: ClusterFinding): string {
  return (
    k8sgpt?.name ?? (object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`)
  );
}
