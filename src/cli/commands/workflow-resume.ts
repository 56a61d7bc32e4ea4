import type { ExecuteOptions, RunObserver, RunResult, Session } from '../../runner/session.ts';
import type { RunRef } from '../../store/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { driveRun, type DriveFlags } from '../drive/drive-run.ts';
import { printResult } from '../drive/print-result.ts';
import { exitCodeOfRun, exitCodes } from '../exit-code.ts';
import { refuseCluster } from '../place.ts';
import { objectText } from '../render/object-output.ts';
import { resumeCommand } from '../resume-command.ts';
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
    const before = await session.get(ref);
    const { stdout, stderr } = context.io;
    if (!before.isLive && flags.step === undefined) {
      stderr.write(`Successfully resume workflow: ${ref.name}\n`);
      const resume = (observer: RunObserver, options: ExecuteOptions) =>
        session.resume(ref, observer, options);
      const driven = await driveRun(context, session, flags, resume, before.view);
      if (driven !== undefined) return finish(context, flags, driven.result, driven.code);
      // Another process took it in between: it is told.
    }
    const { step } = flags;
    const sent = await session.command(ref, { kind: 'resume', ...(step === undefined ? {} : { step }) });
    const from = step === undefined ? '' : ` from step ${step}`;
    (sent === 'sent' ? stdout : stderr).write(`Successfully resume workflow: ${ref.name}${from}\n`);
    return sent === 'sent' ? exitCodes.succeeded : showWhereItStands(session, ref, flags, context);
  });
}

/** The command was carried out here: the run has ended, or waits for somebody again. */
async function showWhereItStands(
  session: Session,
  ref: RunRef,
  flags: WorkflowResumeFlags,
  context: CommandContext,
): Promise<number> {
  const { view, object } = await session.get(ref);
  const result: RunResult = { ref, view, object, end: view.endedAtMs === undefined ? 'waiting' : 'finished' };
  await printResult(context, session, result, {
    output: flags.output,
    resumeCommand: resumeCommand(ref, flags.stateDir),
    isRequiring: false,
  });
  return finish(context, flags, result, exitCodeOfRun(result, undefined));
}

async function finish(
  { io }: CommandContext,
  { output }: WorkflowResumeFlags,
  { object }: RunResult,
  code: number,
): Promise<number> {
  if (output !== 'text') io.stdout.write(await objectText(object, output));
  return code;
}
