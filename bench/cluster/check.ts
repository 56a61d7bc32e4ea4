import { writeFileSync } from 'node:fs';
import { buildCommandLine } from './build-command-line.ts';
import { measure } from './measure-cluster.ts';
import { readOptions } from './options.ts';
import { calibrate, compare, isQuiet, rangeSpecFile, readRangeSpec } from './range-spec.ts';
import { report } from './report.ts';

/**
 * `node bench/cluster/check.ts --quick` compares with rangespec.json and ends with 1 where a limit is exceeded;
 * `--calibrate --quick --repeats 5` writes that file.
 */
const args = process.argv.slice(2);
const isCalibration = args.includes('--calibrate');
const options = readOptions(['--engine', 'sluice', ...args.filter((arg) => arg !== '--calibrate')]);
if (options === 'help') throw new Error('the options are those of npm run bench:cluster');
buildCommandLine();
const results = await measure(options);
if (results !== undefined) {
  console.log(report(results));
  if (isCalibration) {
    writeFileSync(rangeSpecFile, `${JSON.stringify(calibrate(results), null, 2)}\n`);
  } else {
    const comparisons = compare(results, readRangeSpec());
    for (const { title, ratio, limit, verdict } of comparisons)
      console.log(
        `${verdict}  ${title}: ${ratio.toPrecision(3)} of at most ${limit.limit} (per ${limit.per})`,
      );
    if (!isQuiet(results))
      console.log('Others used the machine meanwhile: what depends on speed is not judged.');
    if (comparisons.some(({ verdict }) => verdict === 'EXCEEDED')) process.exitCode = 1;
  }
}
