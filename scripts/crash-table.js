// The table of a crash run, from the lines that the tests left: one for each row and workflow.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { join } from 'node:path';

/** Every row of the test of record that this suite runs, so that one that did not run shows. */
const rows = {
  1: 'kill -9 around every write and effect',
  3: 'API server answers 409, 429, 500, or does the work and says nothing',
  4: 'watches cut, silent, gone, dropped, repeated; stale lists',
  5: 'two controllers, leader killed or paused past its lease',
  7: 'outputs of 32 KiB to 10 MiB',
  8: 'hostile runs',
  11: 'canaries in every slot for a secret',
  12: 'one tenant in another tenant’s place',
  14: 'poison among many runs',
};
const counts = ['cases', 'faults', 'kills', 'lost', 'doubled', 'resent', 'expectedResent', 'wrongEnd'];
const heads = ['cases', 'faults', 'kills', 'lost', 'doubled', 're-sent', 'expected', 'wrong end'];

/** Prints the table, and writes it as JSON beside the lines. */
export function printCrashTable(directory, { isSample, notRun }) {
  const entries = readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(directory, name), 'utf8').trim().split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const lines = [];
  for (const [row, title] of Object.entries(rows)) {
    const ofRow = entries.filter((entry) => String(entry.row) === row);
    lines.push(
      `row ${row}: ${title}${ofRow.length === 0 ? `: not run${notRun === undefined ? '' : ` (${notRun})`}` : ''}`,
    );
    if (ofRow.length === 0) continue;
    lines.push(format('', heads, 'notes'));
    for (const entry of ofRow)
      lines.push(
        format(
          entry.name,
          counts.map((count) => entry[count] ?? ''),
          entry.notes ?? '',
        ),
      );
    if (ofRow.length > 1)
      lines.push(
        format(
          'all',
          counts.map((count) => sum(ofRow, count)),
          '',
        ),
      );
  }
  console.log(`\ncrash matrix (${isSample ? 'sample' : 'whole'})\n${lines.join('\n')}`);
  const report = {
    date: new Date().toISOString(),
    isSample,
    machine: { platform: platform(), arch: arch(), cores: cpus().length, cpu: cpus()[0]?.model },
    node: process.version,
    notRun,
    entries,
  };
  writeFileSync(join(directory, 'crash.json'), `${JSON.stringify(report, undefined, 2)}\n`);
}

function sum(entries, count) {
  return entries.reduce((total, entry) => total + (entry[count] ?? 0), 0);
}

function format(name, cells, notes) {
  return `  ${name.padEnd(26)}${cells.map((cell) => String(cell).padStart(10)).join('')}  ${notes}`.trimEnd();
}
