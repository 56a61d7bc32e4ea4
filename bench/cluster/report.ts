import { isMet } from './figures.ts';
import type { Results } from './measure-cluster.ts';

/** The table of a run, and what it ran on. */
export function report({ machine, repeats, figures, requests }: Results): string {
  const head = ['figure', 'of', 'min', 'median', 'max', 'unit', 'target', ''];
  const rows = figures.map(({ id, subject, name, unit, min, median, max, target = '' }) => [
    name,
    subject,
    ...[min, median, max].map(shown),
    unit,
    target,
    target === '' ? '' : isMet(id, median) === true ? 'met' : 'missed',
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, i) =>
        [0, 1, 5, 7].includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const asked = Object.entries(requests).map(
    ([engine, perRun]) =>
      `${engine}: ${Object.entries(perRun)
        .toSorted(([, a], [, b]) => b - a)
        .map(([key, count]) => `${key} ${count.toFixed(2)}`)
        .join(', ')}`,
  );
  return [
    ...lines,
    '',
    ...(asked.length === 0 ? [] : ['Requests for a run of three steps, by the controller:', ...asked, '']),
    `${repeats} repeats; Node ${String(machine['node'])}, ${String(machine['cores'])} cores, others used ${machine.coresOfOthers.toFixed(2)} cores meanwhile`,
  ].join('\n');
}

function shown(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
