/** A name as a part of a URL's path. Half a pair of surrogates, which has no such form, is the mark for what cannot be read. */
export function pathSegment(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}
