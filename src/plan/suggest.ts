import { nearest } from '../step-types/nearest.ts';

/** The nearest candidate as the suggestion of a fault, to be spread into its details. */
export function didYouMean(text: string, candidates: Iterable<string>): { readonly suggestion?: string } {
  const near = nearest(text, first(candidates, 2000));
  return near === undefined ? {} : { suggestion: near };
}

/** Comparing with very many would take too long. */
function* first(candidates: Iterable<string>, count: number): Generator<string> {
  let left = count;
  for (const candidate of candidates) {
    if (left-- === 0) return;
    yield candidate;
  }
}
