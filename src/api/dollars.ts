/** Millionths of a dollar of a decimal text such as `0.50`; undefined when it is none, or too large to be counted. */
export function readDollars(text: string): number | undefined {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (match === null) return undefined;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
}

/** `0.5` for 500 000 millionths. */
export function showDollars(micros: number): string {
  return (micros / 1_000_000).toFixed(6).replace(/\.?0+$/, '');
}
