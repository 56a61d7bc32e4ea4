import { readFileSync, statSync } from 'node:fs';
import { mentionsCue } from '../cue/mentions-cue.ts';
import { openCuePool } from '../cue/open-pool.ts';
import type { CuePool } from '../cue/pool.ts';

const largestFile = 1024 * 1024;

/**
 * Starts CUE while the rest of the program is still being read, when the files named on the command line will need it:
 * both take about as long, and a person waits for them. Undefined when nothing of that kind is named.
 */
export function startCueEarly(argv: readonly string[]): CuePool | undefined {
  if (argv[0] !== 'run' && argv[0] !== 'vet') return undefined;
  if (!argv.slice(1).some((arg) => !arg.startsWith('-') && usesCue(arg))) return undefined;
  const pool = openCuePool();
  // What is wrong with it shows when it is asked.
  pool.warm().catch(() => undefined);
  return pool;
}

function usesCue(file: string): boolean {
  try {
    const { size } = statSync(file);
    return file.endsWith('.cue') || (size <= largestFile && mentionsCue(readFileSync(file, 'utf8')));
  } catch {
    // No file; the command itself says what is wrong.
    return false;
  }
}
