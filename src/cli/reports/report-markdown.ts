import type { RunView, StepView } from '../../engine/view.ts';
import { markdownText } from '../../gate/export/markdown-text.ts';
import { verdictMarkdown } from '../../gate/export/table.ts';
import type { CliIo } from '../io.ts';
import { elapsed } from '../render/elapsed.ts';
import { faultCount, faultMessage } from '../render/fault-text.ts';
import { allSteps } from '../render/plain-lines.ts';
import { stepDetail } from '../render/step-detail.ts';
import { useOfRun, useText } from '../render/step-notes.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { reportedPath } from './reported-path.ts';
import type { Reported, ReportedRun } from './reported.ts';

const mostFaults = 100;

/** A job summary: faults of the files, each run with its steps and the verdicts of its gates. At most so many bytes. */
export function reportMarkdown(
  reported: Reported,
  io: Pick<CliIo, 'cwd' | 'env'>,
  roomBytes: number,
): string {
  const lines = [
    ...faultLines(reported, io),
    ...reported.errors.flatMap((message) => ['', `**error:** ${markdownText(cleanLine(message))}`]),
    ...reported.runs.flatMap(runLines),
  ];
  return fittedLines(lines[0] === '' ? lines.slice(1) : lines, roomBytes);
}

function faultLines(
  { faults, files, runs, errors }: Reported,
  io: Pick<CliIo, 'cwd' | 'env'>,
): readonly string[] {
  const count = faultCount(faults);
  if (count === '') {
    const isAlone = runs.length === 0 && errors.length === 0;
    return isAlone
      ? ['', `### vet: ${files.length === 1 ? '1 file is' : `${files.length} files are`} fine`]
      : [];
  }
  const rows = faults.slice(0, mostFaults).map((fault) => {
    const place = `${reportedPath(fault.file, io)}:${fault.line}:${fault.column}`;
    return row([fault.severity, place, fault.code, `${fault.path}: ${faultMessage(fault)}`]);
  });
  const more = faults.length - rows.length;
  return [
    '',
    `### vet: ${count}`,
    '',
    '| level | place | code | says |',
    '|---|---|---|---|',
    ...rows,
    ...(more > 0 ? ['', `and ${more} more`] : []),
  ];
}

function runLines({ result: { view }, sentence, verdicts }: ReportedRun): readonly string[] {
  const steps = allSteps(view.steps);
  return [
    '',
    `## ${markdownText(`${view.namespace}/${view.name}`)}: ${view.unmet.length > 0 ? 'not passed' : view.phase}`,
    '',
    markdownText(sentence),
    '',
    '| step | type | phase | time | says |',
    '|---|---|---|---:|---|',
    ...steps.map(stepRow),
    ...useLines(view),
    ...verdicts.flatMap(({ verdict }) => ['', ...verdictMarkdown(verdict).trimEnd().split('\n')]),
  ];
}

/** What models were paid for, step by step, and in all. */
function useLines(view: RunView): readonly string[] {
  const total = useOfRun(view);
  if (total === undefined) return [];
  const rows = allSteps(view.steps).flatMap(({ path, notes }) =>
    notes?.models === undefined ? [] : [row([path, useText(notes.models)])],
  );
  return ['', '| step | models |', '|---|---|', ...rows, row(['all', useText(total)])];
}

function stepRow(step: StepView): string {
  const { phase, type, path, startedAtMs, endedAtMs } = step;
  const time =
    endedAtMs === undefined || phase === 'skipped' ? '' : elapsed(startedAtMs, endedAtMs, endedAtMs);
  return row([path, type, phase, time, stepDetail(step, startedAtMs ?? 0)]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(markdownText).join(' | ')} |`;
}

const notice = '\n_The summary was cut here: it would not fit. The log has the rest._\n';

/** Whole lines, as many as fit; a row of a table is a line. */
export function fittedLines(lines: readonly string[], roomBytes: number): string {
  const text = `${lines.join('\n')}\n`;
  if (Buffer.byteLength(text) <= roomBytes) return text;
  let room = roomBytes - Buffer.byteLength(notice);
  const kept: string[] = [];
  for (const line of lines) {
    room -= Buffer.byteLength(line) + 1;
    if (room < 0) break;
    kept.push(`${line}\n`);
  }
  return `${kept.join('')}${notice}`;
}
