import { writeSync } from 'node:fs';

/** Writes a line at once, so that a kill right after cannot take it back. */
export function say(line: string): void {
  writeSync(1, `${line}\n`);
}
