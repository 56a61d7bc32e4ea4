import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { benchAnalyze } from './analyze.ts';
import { benchCli } from './cli.ts';
import { benchCue } from './cue.ts';
import { benchDecide } from './decide.ts';
import { benchExpressions } from './expressions.ts';
import { benchGate } from './gate.ts';
import { table, type Figure } from './measure.ts';
import { benchRuns } from './runs.ts';
import { benchStore } from './store.ts';

/** `node bench/main.ts [decide|expressions|runs|store|cue|gate|cli|analyze …]`: all of them by default. Prints a table and writes JSON. */
const suites: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  decide: benchDecide,
  expressions: benchExpressions,
  runs: benchRuns,
  store: benchStore,
  cue: benchCue,
  gate: benchGate,
  cli: benchCli,
  analyze: benchAnalyze,
};

const wanted = process.argv.slice(2);
const figures: Figure[] = [];
for (const [name, suite] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  figures.push(...(await suite()));
}
const machine = {
  node: process.version,
  cores: cpus().length,
  model: cpus()[0]?.model,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  loadAverage: loadavg(),
};
console.log(table(figures));
console.log(
  `Node ${machine.node}, ${machine.cores} cores, load ${machine.loadAverage.map((n) => n.toFixed(1)).join(' ')}`,
);
const directory = join(import.meta.dirname, 'results');
mkdirSync(directory, { recursive: true });
writeFileSync(join(directory, 'latest.json'), `${JSON.stringify({ machine, figures }, null, 2)}\n`);
