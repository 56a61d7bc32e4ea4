import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildCommandLine } from './build-command-line.ts';
import { measure } from './measure-cluster.ts';
import { help, readOptions } from './options.ts';
import { report } from './report.ts';

/** `npm run bench:cluster`: both controllers on one control plane. Prints a table and writes bench/results/cluster.json. */
const options = readOptions(process.argv.slice(2));
if (options === 'help') {
  console.log(help);
} else {
  buildCommandLine();
  const results = await measure(options);
  if (results !== undefined) {
    console.log(report(results));
    const directory = join(import.meta.dirname, '../results');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'cluster.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
}
