import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from './provider.ts';
import { sluice } from './sluice-process.ts';

/** When the process dies: around the answer to its first request to `path`. */
export interface KillMoment {
  readonly path: string;
  readonly answers: boolean;
  readonly delayMs: number;
}

/** Around an answer: what differs is whether it was seen, and whether it was stored. */
export const aroundAnswer = [
  { when: 'before the answer', answers: false, delayMs: 0 },
  { when: 'with the answer', answers: true, delayMs: 0 },
  { when: '25 ms after the answer', answers: true, delayMs: 25 },
] as const;

/** Has the provider call `kill` at that moment. */
export function killAt(
  provider: Provider,
  { path, answers, delayMs }: KillMoment,
): (kill: () => void) => void {
  return (kill) => {
    provider.onRequest = (seen, answer) => {
      if (seen.path !== path) return answer();
      if (answers) answer();
      setTimeout(kill, delayMs);
    };
  };
}

/**
 * Runs the document in a state directory of its own, lets `arrange` kill the process, and resumes the run.
 * Resolves with the run as JSON, or undefined where it was killed before it was stored.
 */
export async function killedAndResumed<Run>(
  provider: Provider,
  { directory, name, text }: { readonly directory: string; readonly name: string; readonly text: string },
  arrange: (kill: () => void) => void,
): Promise<Run | undefined> {
  const state = mkdtempSync(join(directory, 'state-'));
  const file = join(state, 'run.yaml');
  writeFileSync(file, text);
  provider.reset();
  const first = sluice(['run', file, '--state-dir', state]);
  arrange(() => first.process.kill('SIGKILL'));
  await first.ended;
  const before = provider.seen.length;
  provider.onRequest = (_seen, answer) => answer();
  const finished = await resumed<Run>(state, name);
  if (finished === undefined && before > 0)
    throw new Error(`${before} requests were made for a run that was not stored`);
  return finished;
}

/** Takes the run up again and resolves with it, at its end, as JSON; undefined where it is not there. */
export async function resumed<Run>(state: string, name: string): Promise<Run | undefined> {
  await sluice(['workflow', 'resume', name, '--state-dir', state]).ended;
  const status = await sluice(['workflow', 'status', name, '-o', 'json', '--state-dir', state]).ended;
  if (status.stderr.includes("can't find workflowrun")) return undefined;
  return JSON.parse(status.stdout) as Run;
}
