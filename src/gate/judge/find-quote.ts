/** One piece of evidence as the judge saw it. */
export interface EvidenceText {
  readonly ref: string;
  readonly text: string;
  readonly truncated: boolean;
  /** Parts of the text that try to steer who reads it. What a judge quotes from them speaks for nothing. */
  readonly steering?: readonly string[];
}

/** Fewer letters and digits than this stand in any text. */
const leastSigns = 4;

/**
 * Whether a quote stands in a piece of evidence. Blanks and line ends are folded, nothing else: neither case nor accents nor
 * look-alikes.
 */
export function isQuoted(quote: string, folded: string): boolean {
  const sought = fold(quote);
  const signs = sought.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return signs >= leastSigns && folded.includes(sought);
}

/** Each run of blanks and line ends as one blank. */
export function fold(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
