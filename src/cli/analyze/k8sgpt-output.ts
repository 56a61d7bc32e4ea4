import type { Analysis, ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { notCheckedText } from './not-checked-text.ts';

/** The JSON that k8sgpt prints, in its words; `problems` counts failures, several of which may be of one object. */
export function k8sgptOutput({ findings, notChecked }: Analysis): object {
  const told = findings.filter(({ k8sgpt }) => k8sgpt !== undefined);
  const results = Map.groupBy(told, (finding) => `${kindOf(finding)} ${nameOf(finding)}`);
  // What is not installed has no fault, and k8sgpt's readers take an error for one.
  const errors = notChecked.filter(({ reason }) => reason !== 'NotInstalled');
  return {
    provider: '',
    errors: errors.length === 0 ? null : errors.map((gap) => notCheckedText(gap)),
    status: told.length === 0 ? 'OK' : 'ProblemDetected',
    problems: told.length,
    results: [...results.values()].map((failures) => ({
      kind: failures[0] === undefined ? '' : kindOf(failures[0]),
      name: failures[0] === undefined ? '' : nameOf(failures[0]),
      error: failures.map(({ k8sgpt }) => ({ Text: k8sgpt?.text ?? '', KubernetesDoc: '', Sensitive: [] })),
      details: '',
      parentObject: failures[0]?.parent ?? '',
    })),
  };
}

function kindOf({ analyzer, k8sgpt }: ClusterFinding): string {
  return k8sgpt?.kind ?? analyzer;
}

function nameOf({ object, k8sgpt }: ClusterFinding): string {
  return (
    k8sgpt?.name ?? (object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`)
  );
}
