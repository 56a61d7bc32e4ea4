import { formatDuration } from '../../api/duration.ts';
import type { RunView } from '../../engine/view.ts';
import type { CommandContext } from '../command-context.ts';
import { elapsed } from '../render/elapsed.ts';
import { fitRows } from '../render/fit-rows.ts';
import { paintPhase } from '../render/phase-symbol.ts';
import { allSteps } from '../render/plain-lines.ts';
import { stepTree } from '../render/step-tree.ts';
import { cleanLine, cleanText } from '../terminal/clean-text.ts';
import { fitWidth } from '../terminal/display-width.ts';
import { LiveBlock } from '../terminal/live-block.ts';
import type { Style } from '../terminal/style.ts';
import { wrapText } from '../terminal/wrap-text.ts';
import { sayNotice, type RunDisplay } from './run-display.ts';

const frameMs = 100;
const answerRows = 6;

/** The steps of a run as a tree, drawn over in place. */
export function openLiveDisplay(context: CommandContext, resume: (view: RunView) => string): RunDisplay {
  const { io, err } = context;
  const block = new LiveBlock(io.stderr);
  let view: RunView | undefined;
  let frame = 0;
  let isEnded = false;
  const answers = new Map<string, string>();

  function draw(isLast: boolean): void {
    if (view === undefined || isEnded) return;
    const size = io.stderr.size() ?? { columns: 80, rows: 24 };
    const lines = liveLines(view, context, { columns: size.columns, frame, hint: resume(view) });
    if (isLast) {
      block.draw(lines);
      return;
    }
    const answer = answerLines(view, answers, size.columns, err);
    const rows = Math.max(3, size.rows - 1 - answer.length);
    block.draw([...fitRows(lines, rows, focusOf(view)), ...answer]);
  }

  const timer = setInterval(() => {
    frame += 1;
    draw(false);
  }, frameMs);
  const stopResize = io.stderr.onResize(() => draw(false));

  const say = (text: string): void => {
    block.clear();
    io.stderr.write(`${text}\n`);
    draw(false);
  };
  return {
    onView(next) {
      const isFirst = view === undefined;
      view = next;
      // Later ones are drawn with the next frame: a burst of views costs one.
      if (isFirst) draw(false);
    },
    // Drawn with the next frame.
    onAnswer: (step, text) => void answers.set(step, text),
    onLog: (record) => sayNotice(record, (text) => say(err.dim(text))),
    onNotice: (text) => say(err.dim(`note: ${cleanLine(text)}`)),
    say,
    end(isReplaced) {
      if (isEnded) return;
      clearInterval(timer);
      stopResize();
      if (isReplaced) block.clear();
      else draw(true);
      isEnded = true;
    },
  };
}

function liveLines(
  view: RunView,
  { io, err }: CommandContext,
  { columns, frame, hint }: { readonly columns: number; readonly frame: number; readonly hint: string },
): readonly string[] {
  const nowMs = io.now();
  const deadline =
    view.deadlineAtMs === undefined || view.endedAtMs !== undefined
      ? ''
      : `, ${formatDuration(Math.max(0, view.deadlineAtMs - nowMs))} left`;
  const time = `${elapsed(view.startedAtMs, view.endedAtMs, nowMs)}${deadline}`;
  const name = fitWidth(view.name, Math.max(10, columns - 24 - deadline.length), err.ellipsis);
  const head = `${err.bold(name)}  ${paintPhase(view.phase, view.phase, err)}  ${err.dim(time)}`;
  const tree = stepTree(view, { style: err, nowMs, columns, frame });
  const told =
    view.message === undefined ? [] : [fitWidth(`  ${cleanLine(view.message)}`, columns - 1, err.ellipsis)];
  const foot = needsPerson(view) ? [fitWidth(`  go on with: ${hint}`, columns - 1, err.ellipsis)] : [];
  return [head, ...told, ...tree, ...foot];
}

/** The last rows of what a model is answering just now. */
function answerLines(
  view: RunView,
  answers: ReadonlyMap<string, string>,
  columns: number,
  style: Style,
): readonly string[] {
  const step = allSteps(view.steps).find(({ path, phase }) => phase === 'running' && answers.has(path));
  const text = cleanText(answers.get(step?.path ?? '') ?? '').trim();
  if (text === '') return [];
  return wrapText(text, columns - 5)
    .slice(-answerRows)
    .map((line) => style.dim(`    ${fitWidth(line, columns - 5, style.ellipsis)}`));
}

function needsPerson(view: RunView): boolean {
  return allSteps(view.steps).some(
    ({ waiting }) => waiting?.kind === 'person' && waiting.resumesAtMs === undefined,
  );
}

/** The line of the first step that is open, below the headline. */
function focusOf(view: RunView): number {
  const index = allSteps(view.steps).findIndex(({ phase }) => phase === 'running' || phase === 'suspending');
  return index === -1 ? 0 : index + 1;
}
