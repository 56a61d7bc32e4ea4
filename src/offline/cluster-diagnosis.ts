import { analyzeCluster } from '../analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../analyze/cluster/optional-analyzers.ts';
import { rootOf, verdictOf, type ClusterVerdict } from '../analyze/verdict.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';

/** What is wrong with a cluster, in a form: the one beside judges' answers that the offline engine gives. */
export interface ClusterDiagnosis {
  readonly verdict: ClusterVerdict;
  /** Of the object at the root, and '' where nothing is broken; `rootNamespace` also for kinds that have none. */
  readonly rootKind: string;
  readonly rootNamespace: string;
  readonly rootName: string;
  /** One or two sentences. */
  readonly reason: string;
}

const analyzers = [...defaultAnalyzers, ...optionalAnalyzers];

const text = { type: 'string' };

export const diagnosisForm: { readonly name: string; readonly schema: object } = {
  name: 'cluster_diagnosis',
  schema: {
    type: 'object',
    properties: {
      verdict: { type: 'string', enum: ['broken', 'healthy', 'unknown'] },
      rootKind: text,
      rootNamespace: text,
      rootName: text,
      reason: text,
    },
    required: ['verdict', 'rootKind', 'rootNamespace', 'rootName', 'reason'],
    additionalProperties: false,
  },
};

/** What the analyzers say of the clusters as they are now; of several, the first that is broken, then that is unknown. */
export async function diagnoseClusters(
  clusters: readonly ReadOnlyCluster[],
  nowMs: number,
): Promise<ClusterDiagnosis> {
  const analyses = await Promise.all(
    clusters.map((cluster) => analyzeCluster(cluster, { analyzers, nowMs })),
  );
  const order: readonly ClusterVerdict[] = ['broken', 'unknown', 'healthy'];
  const [worst] = analyses.toSorted((a, b) => order.indexOf(verdictOf(a)) - order.indexOf(verdictOf(b)));
  const verdict = worst === undefined ? 'unknown' : verdictOf(worst);
  const root = worst !== undefined && verdict === 'broken' ? rootOf(worst) : undefined;
  return {
    verdict,
    rootKind: root?.object.kind ?? '',
    rootNamespace: root?.object.namespace ?? '',
    rootName: root?.object.name ?? '',
    reason: root === undefined ? reasons[verdict] : `${root.id}: ${root.text}`,
  };
}

const reasons: Readonly<Record<ClusterVerdict, string>> = {
  broken: '',
  healthy: 'No rule finds anything wrong.',
  unknown: 'No rule finds anything wrong, and not everything could be looked at.',
};
