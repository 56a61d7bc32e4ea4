import type { RunView, StepView } from '../../engine/view.ts';
import { displayWidth, fitWidth, padWidth } from '../terminal/display-width.ts';
import type { Style } from '../terminal/style.ts';
import { elapsed } from './elapsed.ts';
import { paintPhase, phaseSymbol } from './phase-symbol.ts';
import { sectionHeading } from './section-heading.ts';
import { stepDetail } from './step-detail.ts';

export interface TreeOptions {
  readonly style: Style;
  readonly nowMs: number;
  /** Lines are cut to it; undefined leaves them whole. */
  readonly columns: number | undefined;
  /** Counts up while the tree is live: running steps turn. */
  readonly frame?: number;
}

/** Margin, symbol, time, and the blanks between. */
const fixedWidth = 4 + 7 + 2;

interface Row {
  readonly step: StepView;
  readonly depth: number;
}

/** One line a step, sub-steps indented: symbol, name, type, time, and what there is to say about it. */
export function stepTree(view: RunView, options: TreeOptions): readonly string[] {
  const rows = rowsOf(view.steps, 0);
  const { columns = Number.POSITIVE_INFINITY } = options;
  const widestName = widest(rows.map(({ step, depth }) => depth * 2 + displayWidth(step.name)));
  const nameWidth = Math.min(widestName, 40, Math.max(6, columns - fixedWidth - 1));
  const widestType = Math.min(widest(rows.map(({ step }) => displayWidth(step.type))), 24);
  // Why a step waits is worth more than what type it is.
  const typeWidth = columns < fixedWidth + nameWidth + 2 + widestType + 20 ? 0 : widestType;
  return rows.flatMap((row, at) => {
    const heading = sectionHeading(row.step, rows[at - 1]?.step);
    const line = treeLine(row, nameWidth, typeWidth, options);
    return heading === undefined ? [line] : [`  ${options.style.dim(`${heading}:`)}`, line];
  });
}

function rowsOf(steps: readonly StepView[], depth: number): readonly Row[] {
  return steps.flatMap((step) => [{ step, depth }, ...rowsOf(step.subSteps, depth + 1)]);
}

function treeLine({ step, depth }: Row, nameWidth: number, typeWidth: number, options: TreeOptions): string {
  const { style, nowMs, columns, frame } = options;
  const { ellipsis } = style;
  const lead = '  '.repeat(depth);
  const name = padWidth(fitWidth(step.name, nameWidth - depth * 2, ellipsis), nameWidth - depth * 2);
  const type = typeWidth === 0 ? '' : `  ${padWidth(fitWidth(step.type, typeWidth, ellipsis), typeWidth)}`;
  const time = elapsed(step.startedAtMs, step.endedAtMs, nowMs).padStart(7);
  const before = 2 + lead.length + 2 + displayWidth(name) + displayWidth(type) + time.length + 2;
  const detail = stepDetail(step, nowMs);
  // One column stays free: a terminal wraps a line that fills it.
  const shown = columns === undefined ? detail : fitWidth(detail, columns - 1 - before, ellipsis);
  const painted = step.phase === 'failed' ? paintPhase('failed', shown, style) : style.dim(shown);
  const symbol = phaseSymbol(step.phase, style, frame);
  const columnsText = shown === '' ? `${type}${time}`.trimEnd() : `${type}${time}`;
  const paintedName = step.phase === 'pending' || step.phase === 'skipped' ? style.dim(name) : name;
  return `  ${lead}${symbol} ${paintedName}${style.dim(columnsText)}  ${painted}`.trimEnd();
}

function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}
