import type { RunView } from '../../engine/view.ts';
import type { LogRecord } from '../../store/port.ts';
import type { RunObserver } from '../../runner/session.ts';
import type { CommandContext } from '../command-context.ts';
import { alreadySaid, plainLines, type Said } from '../render/plain-lines.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { isInteractive } from '../terminal/capabilities.ts';
import { openLiveDisplay } from './live-display.ts';

/** Shows the progress of one run on standard error. */
export interface RunDisplay extends RunObserver {
  /** Says something in a line of its own. */
  say(text: string): void;
  /** Ends the display. With `isReplaced` the result takes its place on the screen. */
  end(isReplaced: boolean): void;
}

/** A tree that is drawn over on a terminal, one line a phase change everywhere else. `left` is what a resumed run had come to. */
export function openRunDisplay(
  context: CommandContext,
  resume: (view: RunView) => string,
  left?: RunView,
): RunDisplay {
  return isInteractive(context.io) ? openLiveDisplay(context, resume) : openPlainDisplay(context, left);
}

function openPlainDisplay({ io }: CommandContext, left: RunView | undefined): RunDisplay {
  let said: Said = left === undefined ? new Map() : alreadySaid(left);
  const say = (text: string): void => io.stderr.write(`${text}\n`);
  return {
    onView(view) {
      const next = plainLines(view, said, io.now());
      said = next.said;
      for (const line of next.lines) say(line);
    },
    onLog: (record) => sayNotice(record, say),
    onNotice: (text) => say(`note: ${cleanLine(text)}`),
    say,
    end: () => undefined,
  };
}

/** What a step reports of itself is said at once, such as which model answers; what it logs waits for the end. */
export function sayNotice({ kind, step, text }: LogRecord, say: (text: string) => void): void {
  if (kind === 'notice') say(`note: ${step}: ${cleanLine(text)}`);
}
