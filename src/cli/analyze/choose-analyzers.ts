import type { Analyzer } from '../../analyze/cluster/analyzer.ts';
import { defaultAnalyzers } from '../../analyze/cluster/default-analyzers.ts';
import { analyzersNamed, knownAnalyzers } from '../../analyze/cluster/known-analyzers.ts';
import type { FilterChanges } from '../config-file.ts';

/** The analyzers of `--filter`, or without it those that are active for the user. */
export function chooseAnalyzers(
  filters: readonly string[] | undefined,
  changes: FilterChanges,
): readonly Analyzer[] {
  return filters === undefined ? activeAnalyzers(changes) : analyzersNamed(filters);
}

/** The default ones, with what the user added and removed. */
export function activeAnalyzers({ added, removed }: FilterChanges): readonly Analyzer[] {
  return knownAnalyzers.filter(
    (analyzer) =>
      !removed.includes(analyzer.name) &&
      (defaultAnalyzers.includes(analyzer) || added.includes(analyzer.name)),
  );
}
