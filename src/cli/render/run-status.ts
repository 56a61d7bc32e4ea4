import type { RunView, StepView } from '../../engine/view.ts';
import { formatDuration } from '../../api/duration.ts';
import type { Style } from '../terminal/style.ts';
import { cleanText } from '../terminal/clean-text.ts';
import { wrapText } from '../terminal/wrap-text.ts';
import { elapsed } from './elapsed.ts';
import { paintPhase } from './phase-symbol.ts';
import { allSteps } from './plain-lines.ts';
import { noteLines, useOfRun, useText } from './step-notes.ts';
import { stepTree } from './step-tree.ts';

export interface StatusOptions {
  readonly style: Style;
  readonly nowMs: number;
  readonly columns: number;
  /** Who drives an unfinished run, such as `by a running process`. */
  readonly driven: string;
  readonly resumeCommand: string;
}

/**
 * Everything about a run: times, steps, for each open step what it waits for, since when and until when, and what gates and
 * models have to say.
 */
export function runStatus(view: RunView, options: StatusOptions): string {
  const { style, nowMs } = options;
  const lines = [
    style.bold(`workflowrun ${view.namespace}/${view.name}`),
    ...fields(view, options),
    ...(view.message === undefined ? [] : ['', ...messageLines(view.message, options)]),
    '',
    ...stepTree(view, { style, nowMs, columns: undefined }),
    ...remarks(view, options),
  ];
  const unmet = view.unmet.length > 0 && view.endedAtMs !== undefined;
  if (unmet) lines.push('', `required but not passed: ${view.unmet.join(', ')}`);
  return lines.map((line) => `${line}\n`).join('');
}

function fields(view: RunView, { style, nowMs, driven }: StatusOptions): readonly string[] {
  // Nobody has taken it: what is known is when it was made.
  const begun = view.phase === 'initializing' ? 'created' : 'started';
  const rows: (readonly [string, string])[] = [
    ['phase', paintPhase(view.phase, view.phase, style)],
    [begun, `${clock(view.startedAtMs, nowMs)}, ${formatDuration(nowMs - view.startedAtMs)} ago`],
  ];
  if (view.endedAtMs !== undefined) {
    const took = elapsed(view.startedAtMs, view.endedAtMs, nowMs);
    rows.push(['ended', `${clock(view.endedAtMs, nowMs)}, after ${took}`]);
  } else {
    if (view.deadlineAtMs !== undefined) rows.push(['deadline', until(view.deadlineAtMs, nowMs)]);
    rows.push(['driven', driven]);
  }
  const use = useOfRun(view);
  if (use !== undefined) rows.push(['models', useText(use)]);
  return rows.map(([name, value]) => `  ${style.dim(name.padEnd(9))} ${value}`);
}

function messageLines(message: string, { columns }: StatusOptions): readonly string[] {
  return wrapText(cleanText(message).trim(), columns - 2).map((line) => `  ${line}`);
}

/** What open steps wait for, and what gates and models have to say. */
function remarks(view: RunView, { style, nowMs, columns, resumeCommand }: StatusOptions): readonly string[] {
  const wrap = (text: string): readonly string[] => wrapText(text, columns - 4);
  return allSteps(view.steps).flatMap((step) => {
    const waits = step.endedAtMs === undefined ? waitLines(step, nowMs, resumeCommand) : [];
    const message = waits.length === 0 || step.message === undefined ? [] : wrap(cleanText(step.message));
    const lines = [...waits, ...message, ...noteLines(step).flatMap(wrap)];
    return lines.length === 0 ? [] : ['', style.bold(step.path), ...lines.map((line) => `    ${line}`)];
  });
}

function waitLines({ waiting, path }: StepView, nowMs: number, resume: string): readonly string[] {
  switch (waiting?.kind) {
    case undefined:
    case 'steps':
      return [];
    case 'object': {
      const since = `waits since ${clock(waiting.sinceMs, nowMs)} (${ago(waiting.sinceMs, nowMs)})`;
      return [
        since,
        waiting.untilMs === undefined ? 'without a timeout' : `until ${until(waiting.untilMs, nowMs)}`,
      ];
    }
    case 'retry':
      return [`next try at ${until(waiting.atMs, nowMs)}`];
    case 'person': {
      const since = `suspended since ${clock(waiting.sinceMs, nowMs)} (${ago(waiting.sinceMs, nowMs)})`;
      return waiting.resumesAtMs === undefined
        ? [since, `until somebody resumes it: ${resume} --step ${path}`]
        : [since, `goes on at ${until(waiting.resumesAtMs, nowMs)}`];
    }
  }
}

function ago(sinceMs: number, nowMs: number): string {
  return `${formatDuration(Math.max(0, nowMs - sinceMs))} ago`;
}

function until(atMs: number, nowMs: number): string {
  return `${clock(atMs, nowMs)} (${atMs <= nowMs ? 'due' : `in ${formatDuration(atMs - nowMs)}`})`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Local time; with the date when it is another day. */
function clock(atMs: number, nowMs: number): string {
  const [at, now] = [new Date(atMs), new Date(nowMs)];
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
