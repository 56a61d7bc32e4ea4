import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sortKeys } from './sort-keys.ts';

export interface Result {
  readonly passed: boolean;
  /** What was not as expected. */
  readonly faults: readonly string[];
}

/** The commit whose analyzers met a scenario first, and how. */
export interface FirstResult extends Result {
  readonly commit: string;
}

export type FirstResults = Readonly<Record<string, FirstResult>>;

const file = join(import.meta.dirname, 'first-results.json');

export function readFirstResults(): FirstResults {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as FirstResults) : {};
}

/** Notes the results of scenarios that have none yet: a first result never changes. */
export function keepFirstResults(results: Readonly<Record<string, Result>>): FirstResults {
  const known = readFirstResults();
  const added = Object.entries(results).filter(([id]) => known[id] === undefined);
  if (added.length === 0) return known;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const all = { ...known, ...Object.fromEntries(added.map(([id, result]) => [id, { commit, ...result }])) };
  writeFileSync(file, `${JSON.stringify(sortKeys(all), null, 2)}\n`);
  return all;
}
