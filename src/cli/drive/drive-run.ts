import type { RunView } from '../../engine/view.ts';
import type { ExecuteOptions, RunObserver, RunResult } from '../../runner/session.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodeOfRun } from '../exit-code.ts';
import type { StopSignal } from '../io.ts';
import { isInteractive } from '../terminal/capabilities.ts';
import { printResult } from './print-result.ts';
import { openRunDisplay } from './run-display.ts';
import type { Place } from '../with-backend.ts';
import type { StepPlaces } from '../reports/reported.ts';
import type { RunCommand } from '../workflow-command.ts';
import { stopOnSignal } from './stop-on-signal.ts';

export interface DriveFlags {
  readonly waitSuspended?: boolean;
  readonly require?: readonly string[];
  readonly output: 'text' | 'json' | 'yaml';
}

export interface Driven {
  readonly result: RunResult;
  readonly code: number;
  readonly stoppedBy: StopSignal | undefined;
  /** What it ended with, as it was printed. */
  readonly sentence: string;
}

/** Where the run is, and how the user comes back to it. */
export interface Driving {
  readonly place: Place;
  readonly command: RunCommand;
  readonly places?: StepPlaces;
  /** Whether it is left once only a person can go on; absent: unless somebody sits at the terminal. */
  readonly isLeftWhenSuspended?: boolean;
}

/**
 * Drives one run, or waits for it, with its progress on standard error and, as text, its result on standard output. Undefined when `drive`
 * finds that another process drives it. `left` is what a resumed run had come to.
 */
export async function driveRun(
  context: CommandContext,
  { place, command, places, isLeftWhenSuspended }: Driving,
  flags: DriveFlags,
  drive: (observer: RunObserver, options: ExecuteOptions) => Promise<RunResult | undefined>,
  left?: RunView,
): Promise<Driven | undefined> {
  const { io } = context;
  const display = openRunDisplay(context, (view) => command('resume', view), left);
  const stop = stopOnSignal(io, () => {
    // The run of a cluster is not ours to stop.
    if (place.kind === 'local') display.say('stopping; once more ends it at once');
  });
  // A run that waits for a person has nothing else that would keep the process alive.
  const alive = setInterval(() => undefined, 60_000);
  let result: RunResult | undefined;
  try {
    const leaveWhenSuspended = isLeftWhenSuspended ?? (flags.waitSuspended !== true && !isInteractive(io));
    // What is printed for programs is not what people watch.
    const { onAnswer: _onAnswer, ...quiet } = display;
    result = await drive(flags.output === 'text' ? display : quiet, {
      leaveWhenSuspended,
      signal: stop.signal,
    });
    if (result !== undefined) display.onView(result.view);
  } finally {
    clearInterval(alive);
    stop.release();
    display.end(result !== undefined && flags.output === 'text' && io.stdout.isTTY);
  }
  if (result === undefined) return undefined;
  const sentence = await printResult(context, place, result, {
    output: flags.output,
    command,
    isRequiring: (flags.require ?? []).length > 0,
    ...(places === undefined ? {} : { places }),
  });
  const stoppedBy = stop.received();
  return { result, code: exitCodeOfRun(result, stoppedBy), stoppedBy, sentence };
}
