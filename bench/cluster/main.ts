import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measure } from './measure-cluster.ts';
import { help, readOptions } from './options.ts';
import { report } from './report.ts';

/** `npm run bench:cluster`: both controllers on one control plane. Prints a table and writes bench/results/cluster.json. */
const options = readOptions(process.argv.slice(2));
if (options === 'help') {
  console.log(help);
} else {
  // What is measured is the built command line, which must be that of the source beside it.
  const root = join(import.meta.dirname, '../..');
  const built = spawnSync(process.execPath, [join(root, 'scripts/prepare.js')], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the command line does not build');
  const results = await measure(options);
  if (results !== undefined) {
    console.log(report(results));
    const directory = join(import.meta.dirname, '../results');
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'cluster.json'), `${JSON.stringify(results, null, 2)}\n`);
  }
}
