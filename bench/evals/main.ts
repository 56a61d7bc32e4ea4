import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stateDirectory } from '../../src/cli/state-directory.ts';
import { chooseServer } from '../../src/llm/settings/choose-server.ts';
import { openFileSettings } from '../../src/runner/models/file-settings.ts';
import { openTraffic, type TrafficWish } from '../../src/runner/models/open-traffic.ts';
import { runModel, type ModelRun } from './model-run.ts';
import { keepModelResults } from './models-file.ts';
import { offlineSource, type ModelSource } from './open-model.ts';
import { evalsPage } from './page.ts';
import { readScenarios } from './read-scenarios.ts';
import { reportText } from './report.ts';
import { keepFirstResults, keepLatestResults, readFirstResults, regressions } from './results-file.ts';
import { runAnalysis } from './run-analysis.ts';

/**
 * `npm run evals [-- [--record-model FILE | --replay-model FILE] [SCENARIO …]]`: judges the analyzers, the offline engine and,
 * where one is set up, a model by all scenarios, and keeps the results. Of named scenarios nothing is kept. Exit code 1 when
 * one that was right is wrong now.
 */
const tries = 5;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'record-model': { type: 'string' }, 'replay-model': { type: 'string' } },
});
const all = readScenarios();
const unknown = positionals.filter((name) => !all.some(({ id }) => id === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no scenario ${unknown.join(', ')}.\n`);
  process.exit(2);
}
const scenarios = positionals.length === 0 ? all : all.filter(({ id }) => positionals.includes(id));
const isWhole = scenarios.length === all.length;

const today = await runAnalysis(scenarios);
const first = isWhole ? keepFirstResults(today) : readFirstResults();
const models: ModelRun[] = [await runModel(offlineSource, scenarios, tries)];
const configured = await configuredModel();
if (configured !== undefined) models.push(await runModel(configured, scenarios, tries));
process.stdout.write(reportText(scenarios, { first, today, models }));
if (regressions(today).length > 0) process.exitCode = 1;
else if (isWhole) {
  keepLatestResults(today);
  const page = evalsPage({ scenarios, first, latest: today, models: keepModelResults(models) });
  writeFileSync(join(import.meta.dirname, '../../docs/evals.md'), page);
}

/** The model that a step would ask here; undefined where that is the offline engine. */
async function configuredModel(): Promise<ModelSource | undefined> {
  const { env } = process;
  const path = join(stateDirectory(undefined, { env, cwd: process.cwd(), home: homedir() }), 'models.yaml');
  const parts = { env, settings: openFileSettings(path, env), newKey: () => randomUUID() };
  const source = await openTraffic(wish(), parts);
  const surroundings = { env: source.env, settings: await source.settings(), offlineAllowed: true };
  return chooseServer({}, surroundings).kind === 'offline' ? undefined : source;
}

function wish(): TrafficWish | undefined {
  const { 'record-model': record, 'replay-model': replay } = values;
  if (record !== undefined) return { kind: 'record', file: record };
  return replay === undefined ? undefined : { kind: 'replay', file: replay };
}
