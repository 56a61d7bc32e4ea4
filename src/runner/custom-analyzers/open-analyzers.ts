import type { Fault } from '../../api/fault.ts';
import type { Analysis, AnalyzeQuery } from '../../analyze/cluster/analyze-cluster.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { openCueEngine } from '../../cue/engine.ts';
import { ops } from '../../ops/registry.ts';
import type { GivenFile } from '../../step-types/schema/read-checked-document.ts';
import { openOperatorHttp, type OperatorNetwork } from '../operator-http.ts';
import { joinAnalysis } from './join-analysis.ts';
import { readAnalyzers, type ReadParts } from './read-analyzers.ts';
import { runCustomAnalyzers } from './run-custom-analyzers.ts';

export type OpenedAnalyzers = { close(): Promise<void> } & (
  | {
      readonly ok: true;
      /** An analysis with what they find beside what it holds. */
      extend(cluster: ReadOnlyCluster, analysis: Analysis, query: AnalyzeQuery): Promise<Analysis>;
    }
  | { readonly ok: false; readonly faults: readonly Fault[] }
);

/** The user's analyzers with all that they run on; CUE starts where a condition wants it. */
export async function openAnalyzers(
  files: readonly GivenFile[],
  options: OperatorNetwork & Pick<ReadParts, 'secret'>,
): Promise<OpenedAnalyzers> {
  const expressions = openCueEngine({ ops });
  const http = openOperatorHttp(options);
  const close = async (): Promise<void> => {
    await Promise.allSettled([expressions.close(), http.close()]);
  };
  try {
    const read = await readAnalyzers(files, { expressions, secret: options.secret });
    if (!read.ok) return { ...read, close };
    const parts = { expressions, http, signal: new AbortController().signal };
    return {
      ok: true,
      extend: async (cluster, analysis, query) =>
        joinAnalysis(analysis, await runCustomAnalyzers(cluster, read.analyzers, query, parts)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
