import { quoteText } from './quote-text.ts';

/** A name as one word of a shell command that someone may copy: quoted unless it is plainly harmless. */
export function commandWord(name: string): string {
  const text = quoteText(name, 253);
  return /^[A-Za-z0-9._/=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
