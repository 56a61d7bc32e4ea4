import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Result {
  readonly passed: boolean;
  /** What was not as expected. */
  readonly faults: readonly string[];
}

/** By the id of the scenario. */
export type Results = Readonly<Record<string, Result>>;

/** The commit whose analyzers met a scenario first, and how. */
export type FirstResults = Readonly<Record<string, Result & { readonly commit: string }>>;

export function readFirstResults(): FirstResults {
  return read('first-results.json') as FirstResults;
}

/** Notes the results of scenarios that have none yet: a first result never changes. */
export function keepFirstResults(results: Results): FirstResults {
  const known = readFirstResults();
  const added = Object.entries(results).filter(([id]) => known[id] === undefined);
  if (added.length === 0) return known;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const all = { ...known, ...Object.fromEntries(added.map(([id, result]) => [id, { commit, ...result }])) };
  write('first-results.json', all);
  return all;
}

/** What the last run that was kept found; CI holds every other run against it. */
export function readLatestResults(): Results {
  return read('latest.json') as Results;
}

export function keepLatestResults(results: Results): void {
  write('latest.json', results);
}

/** Scenarios that passed in the run that was kept, and fail now. */
export function regressions(results: Results): readonly string[] {
  const kept = readLatestResults();
  return Object.keys(kept).filter((id) => kept[id]?.passed === true && results[id]?.passed === false);
}

function read(name: string): unknown {
  const path = join(import.meta.dirname, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
}

/** In the order of the ids, so that the file changes only where results do. */
function write(name: string, results: Results): void {
  const sorted = Object.entries(results).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(Object.fromEntries(sorted), null, 2);
  writeFileSync(join(import.meta.dirname, name), `${text}\n`);
}
