import type { Backend, RunReading } from '../../runner/backend.ts';
import type { RunRef } from '../../store/port.ts';
import type { CommandContext } from '../command-context.ts';
import { openRunDisplay } from '../drive/run-display.ts';
import { stopOnSignal } from '../drive/stop-on-signal.ts';
import { exitCodes } from '../exit-code.ts';
import type { StopSignal } from '../io.ts';
import { objectText } from '../render/object-output.ts';
import { runStatus } from '../render/run-status.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';
import type { RunCommand } from '../workflow-command.ts';

export interface WorkflowStatusFlags extends BackendFlags {
  readonly watch?: boolean;
  readonly output: 'text' | 'json' | 'yaml';
}

/** Where a run stands; with `-o` the WorkflowRun itself. */
export async function workflowStatus(
  name: string,
  flags: WorkflowStatusFlags,
  context: CommandContext,
): Promise<number> {
  const { io, out } = context;
  return withBackend(context, flags, async (place, command) => {
    const ref = await place.find(name, flags.namespace);
    if (flags.watch === true) {
      const received = await watch(place, ref, command, context);
      if (received !== undefined) return exitCodes[received];
    }
    const reading = await place.get(ref);
    const { view, object } = reading;
    if (flags.output !== 'text') {
      io.stdout.write(await objectText(object, flags.output));
      return exitCodes.succeeded;
    }
    const text = runStatus(view, {
      style: out,
      nowMs: io.now(),
      columns: io.stdout.size()?.columns ?? 100,
      driven: drivenText(reading, command('resume', ref)),
      resumeCommand: command('resume', ref),
    });
    io.stdout.write(text);
    return exitCodes.succeeded;
  });
}

function drivenText({ isLive, driver }: RunReading, resume: string): string {
  if (driver !== undefined) return driver;
  return isLive ? 'by a running process' : `by no process; go on with: ${resume}`;
}

/** Shows the steps live until the run ends. Returns the signal that ended it before. */
async function watch(
  backend: Backend,
  ref: RunRef,
  command: RunCommand,
  context: CommandContext,
): Promise<StopSignal | undefined> {
  const display = openRunDisplay(context, () => command('resume', ref));
  const stop = stopOnSignal(context.io, () => undefined);
  try {
    for await (const { view } of backend.watch(ref, stop.signal)) {
      display.onView(view);
      if (view.endedAtMs !== undefined) break;
    }
  } finally {
    stop.release();
    display.end(context.io.stdout.isTTY);
  }
  return stop.received();
}
