import type { ClusterDiagnosis } from '../../src/offline/cluster-diagnosis.ts';
import type { Expectation, FindingPattern } from './scenario.ts';
import { fitsName } from './fits-name.ts';

/** What is wrong with the answer of a model: verdict and root are held against what is expected, its words are not. */
export function answerFaults(answer: ClusterDiagnosis, { verdict, roots }: Expectation): readonly string[] {
  if (answer.verdict !== verdict) return [`said ${answer.verdict}, is ${verdict}`];
  if (roots.length === 0 || roots.some((root) => isNamed(answer, root))) return [];
  const wanted = roots.map(({ kind, name = '*' }) => `${kind}/${name}`).join(' or ');
  return [`took ${answer.rootKind}/${answer.rootName} for the root, is ${wanted}`];
}

function isNamed({ rootKind, rootNamespace, rootName }: ClusterDiagnosis, root: FindingPattern): boolean {
  return (
    rootKind.toLowerCase() === root.kind.toLowerCase() &&
    (root.name === undefined || fitsName(rootName, root.name)) &&
    (root.namespace === undefined || rootNamespace === '' || rootNamespace === root.namespace)
  );
}
