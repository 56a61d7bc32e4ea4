import type { ExecuteOptions, RunObserver, Session } from '../../runner/session.ts';
import type { RunRef } from '../../store/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { driveRun, type DriveFlags, type Driven } from '../drive/drive-run.ts';
import { exitCodes } from '../exit-code.ts';
import { refuseCluster } from '../place.ts';
import { objectText } from '../render/object-output.ts';
import { withSession } from '../with-session.ts';

export interface WorkflowResumeFlags extends SessionFlags, DriveFlags {
  readonly namespace?: string;
  readonly step?: string;
}

/**
 * Tells the process that drives the run to go on. When there is none (it was stopped, or died), this one drives the run
 * to its end.
 */
export async function workflowResume(
  name: string,
  flags: WorkflowResumeFlags,
  context: CommandContext,
): Promise<number> {
  await refuseCluster(context, flags);
  return withSession(context, flags, async (session) => {
    const ref = await session.find(name, flags.namespace);
    const driven = await takeOver(session, ref, flags, context);
    const { stdout } = context.io;
    if (driven === undefined) {
      const { step } = flags;
      await session.command(ref, { kind: 'resume', ...(step === undefined ? {} : { step }) });
      stdout.write(
        `Successfully resume workflow: ${ref.name}${step === undefined ? '' : ` from step ${step}`}\n`,
      );
      return exitCodes.succeeded;
    }
    if (flags.output !== 'text') stdout.write(await objectText(driven.result.object, flags.output));
    return driven.code;
  });
}

/** Undefined: another process drives it. */
async function takeOver(
  session: Session,
  ref: RunRef,
  flags: WorkflowResumeFlags,
  context: CommandContext,
): Promise<Driven | undefined> {
  const { isLive, view } = await session.get(ref);
  if (isLive) return undefined;
  context.io.stderr.write(`Successfully resume workflow: ${ref.name}\n`);
  const resume = (observer: RunObserver, options: ExecuteOptions) => session.resume(ref, observer, options);
  return driveRun(context, session, flags, resume, view);
}
