import type { Analyzer } from '../../analyze/cluster/analyzer.ts';
import { defaultAnalyzers } from '../../analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../../analyze/cluster/optional-analyzers.ts';
import { SluiceError } from '../../api/errors.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { FilterChanges } from '../config-file.ts';

/** Of all there are, in the order in which findings of one severity are shown. */
export const knownAnalyzers: readonly Analyzer[] = [...defaultAnalyzers, ...optionalAnalyzers];

/** The analyzers of `--filter`, or without it those that are active for the user. */
export function chooseAnalyzers(
  filters: readonly string[] | undefined,
  changes: FilterChanges,
): readonly Analyzer[] {
  if (filters === undefined) return activeAnalyzers(changes);
  const names = new Set(analyzerNames(filters));
  return knownAnalyzers.filter(({ name }) => names.has(name));
}

/** The default ones, with what the user added and removed. */
export function activeAnalyzers({ added, removed }: FilterChanges): readonly Analyzer[] {
  return knownAnalyzers.filter(
    (analyzer) =>
      !removed.includes(analyzer.name) &&
      (defaultAnalyzers.includes(analyzer) || added.includes(analyzer.name)),
  );
}

/** The names that were meant, each given alone or in a list with commas, in any case. Throws `invalid` for any other. */
export function analyzerNames(words: readonly string[]): readonly string[] {
  const names = knownAnalyzers.map(({ name }) => name);
  const wanted = words.flatMap((text) => text.split(',')).map((name) => name.trim());
  return wanted.map((text) => {
    const name = names.find((each) => each.toLowerCase() === text.toLowerCase());
    if (name !== undefined) return name;
    const near = nearest(text, names);
    throw new SluiceError('invalid', 'UnknownAnalyzer', `there is no analyzer ${text}`, {
      hint: near === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${near}?`,
    });
  });
}
