import { SluiceError } from '../../api/errors.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { Analyzer } from './analyzer.ts';
import { defaultAnalyzers } from './default-analyzers.ts';
import { optionalAnalyzers } from './optional-analyzers.ts';

/** Of all there are, in the order in which findings of one severity are shown. */
export const knownAnalyzers: readonly Analyzer[] = [...defaultAnalyzers, ...optionalAnalyzers];

/** The analyzers that were meant, each named alone or in a list with commas, in any case. Throws `invalid` for any other. */
export function analyzersNamed(words: readonly string[]): readonly Analyzer[] {
  const names = new Set(analyzerNames(words));
  return knownAnalyzers.filter(({ name }) => names.has(name));
}

/** Their names, in the order given. Throws as `analyzersNamed` does. */
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
