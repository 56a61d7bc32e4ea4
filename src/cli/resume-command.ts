import type { RunRef } from '../store/port.ts';

/** The command that goes on with a run, as the user can paste it. */
export function resumeCommand(ref: RunRef, stateDir: string | undefined): string {
  const words = ['sluice', 'workflow', 'resume', ref.name];
  if (ref.namespace !== 'default') words.push('-n', ref.namespace);
  // A directory from the environment is there for the next command, too.
  if (stateDir !== undefined) words.push('--state-dir', stateDir);
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
