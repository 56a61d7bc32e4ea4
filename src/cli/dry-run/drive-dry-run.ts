import type { PromptPreview } from '../../runner/models/prompt-preview.ts';
import type { PreparedRun, RunResult, Session } from '../../runner/session.ts';
import type { CommandContext } from '../command-context.ts';
import { stopOnSignal } from '../drive/stop-on-signal.ts';
import { combineExitCodes, exitCodeOfRun, exitCodes } from '../exit-code.ts';
import { allSteps } from '../render/plain-lines.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { promptText } from './prompt-text.ts';

export interface DryRun {
  readonly session: Session;
  readonly runs: readonly PreparedRun[];
  /** Where the session puts what it would have sent. */
  readonly previews: readonly PromptPreview[];
  readonly output: 'text' | 'json' | 'yaml';
}

/**
 * Goes through runs up to what they would ask a model, and prints that. Every step that asks ends there, and so does what needs
 * its answer. The code is 0 where something was shown; a run that failed before it asked anything has its own.
 */
export async function driveDryRun(
  context: CommandContext,
  { session, runs, previews, output }: DryRun,
): Promise<number> {
  const { io, out } = context;
  const shown: object[] = [];
  const codes: number[] = [];
  const stop = stopOnSignal(io, () => io.stderr.write('stopping; once more ends it at once\n'));
  try {
    for (const run of runs) {
      const before = previews.length;
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as they would run
      const result = await session.execute(
        run,
        {
          onView: () => undefined,
          onLog: () => undefined,
          onNotice: (text) => io.stderr.write(`note: ${cleanLine(text)}\n`),
        },
        { leaveWhenSuspended: true, signal: stop.signal },
      );
      const name = `${run.ref.namespace}/${run.ref.name}`;
      const made = previews.slice(before);
      for (const preview of made) {
        shown.push({ run: name, ...preview });
        if (output === 'text') io.stdout.write(`${promptText(preview, name, out)}\n`);
      }
      codes.push(made.length > 0 ? exitCodes.succeeded : codeWithout(name, result, context));
      if (stop.received() !== undefined) return exitCodeOfRun(result, stop.received());
    }
  } finally {
    stop.release();
  }
  if (output !== 'text') io.stdout.write(await objectText(shown, output));
  return combineExitCodes(codes);
}

function codeWithout(name: string, result: RunResult, { io }: CommandContext): number {
  const failed = allSteps(result.view.steps).find(({ phase }) => phase === 'failed');
  const why =
    failed === undefined
      ? 'asks no model'
      : `ended before it asked a model: step ${failed.path}: ${failed.message ?? failed.reason ?? 'failed'}`;
  io.stderr.write(`${cleanLine(`${name} ${why}`)}\n`);
  return exitCodeOfRun(result, undefined);
}
