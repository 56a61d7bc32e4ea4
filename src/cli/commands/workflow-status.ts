import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { refuseCluster } from '../place.ts';
import { objectText } from '../render/object-output.ts';
import { runStatus } from '../render/run-status.ts';
import { resumeCommand } from '../resume-command.ts';
import { withSession } from '../with-session.ts';

export interface WorkflowStatusFlags extends SessionFlags {
  readonly namespace?: string;
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
