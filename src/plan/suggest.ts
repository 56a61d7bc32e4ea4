import { nearest } from '../step-types/nearest.ts';

export { nearest };

/** The nearest candidate as the suggestion of a fault, to be spread into its details. */
export function didYouMean(text: string, candidates: Iterable<string>): { readonly suggestion?: string } {
  const near = nearest(text, candidates);
  return near === undefined ? {} : { suggestion: near };
}
