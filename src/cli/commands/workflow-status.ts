import { setTimeout as sleep } from 'node:timers/promises';
import type { Session } from '../../runner/session.ts';
import type { RunRef } from '../../store/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { openRunDisplay } from '../drive/run-display.ts';
import { stopOnSignal } from '../drive/stop-on-signal.ts';
import { exitCodes } from '../exit-code.ts';
import type { StopSignal } from '../io.ts';
import { refuseCluster } from '../place.ts';
import { objectText } from '../render/object-output.ts';
import { runStatus } from '../render/run-status.ts';
import { resumeCommand } from '../resume-command.ts';
import { withSession } from '../with-session.ts';

export interface WorkflowStatusFlags extends SessionFlags {
  readonly namespace?: string;
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
  await refuseCluster(context, flags);
  return withSession(context, flags, async (session) => {
    const ref = await session.find(name, flags.namespace);
    if (flags.watch === true) {
      const received = await watch(session, ref, flags, context);
      if (received !== undefined) return exitCodes[received];
    }
    const { view, object, isLive } = await session.get(ref);
    if (flags.output !== 'text') {
      io.stdout.write(await objectText(object, flags.output));
      return exitCodes.succeeded;
    }
    const text = runStatus(view, {
      style: out,
      nowMs: io.now(),
      columns: io.stdout.size()?.columns ?? 100,
      isLive,
      resumeCommand: resumeCommand(ref, flags.stateDir),
    });
    io.stdout.write(text);
    return exitCodes.succeeded;
  });
}

const pollMs = 250;

/** Shows the steps live until the run ends. Returns the signal that ended it before. */
async function watch(
  session: Session,
  ref: RunRef,
  { stateDir }: WorkflowStatusFlags,
  context: CommandContext,
): Promise<StopSignal | undefined> {
  const display = openRunDisplay(context, () => resumeCommand(ref, stateDir));
  const stop = stopOnSignal(context.io, () => undefined);
  try {
    while (!stop.signal.aborted) {
      const { view } = await session.get(ref);
      display.onView(view);
      if (view.endedAtMs !== undefined) break;
      await sleep(pollMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  } finally {
    stop.release();
    display.end(context.io.stdout.isTTY);
  }
  return stop.received();
}
