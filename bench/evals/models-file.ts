import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelUse } from '../../src/api/model-use.ts';
import { offlineLabel } from '../../src/runner/models/model-places.ts';
import type { ModelRun } from './model-run.ts';
import { passRates } from './totals.ts';

/** How a model did when it was last asked about all scenarios. */
export interface ModelResult {
  readonly scenarios: number;
  readonly passAt1: number;
  readonly passAll: number;
  readonly use: Pick<ModelUse, 'inputTokens' | 'outputTokens' | 'microDollars'>;
  /** For all of it; absent for the offline engine, whose time is that of this machine. */
  readonly seconds?: number;
  /** How many tries were right, of the scenarios where not all were. */
  readonly notAlways: Readonly<Record<string, number>>;
}

/** By model, in the order of their names. */
export type ModelResults = Readonly<Record<string, ModelResult>>;

const path = join(import.meta.dirname, 'models.json');

/** Notes these runs beside those of other models, which cost money to have again. */
export function keepModelResults(runs: readonly ModelRun[]): ModelResults {
  const known = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as ModelResults) : {};
  const all = { ...known, ...Object.fromEntries(runs.map((run) => [run.model, resultOf(run)])) };
  const sorted = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(path, `${JSON.stringify(sorted, null, 2)}\n`);
  return sorted;
}

function resultOf(run: ModelRun): ModelResult {
  const { inputTokens, outputTokens, microDollars } = run.use;
  const right = Object.entries(run.tries).map(([id, tries]) => ({
    id,
    count: tries.filter((faults) => faults.length === 0).length,
    of: tries.length,
  }));
  return {
    scenarios: right.length,
    ...passRates(run),
    use: { inputTokens, outputTokens, microDollars },
    ...(run.model === offlineLabel ? {} : { seconds: Math.round(run.seconds) }),
    notAlways: Object.fromEntries(
      right.filter(({ count, of }) => count < of).map(({ id, count }) => [id, count]),
    ),
  };
}
