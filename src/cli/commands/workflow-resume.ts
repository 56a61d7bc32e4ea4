import type { Backend } from '../../runner/backend.ts';
import type { ExecuteOptions, RunObserver, RunResult } from '../../runner/session.ts';
import type { RunRef } from '../../store/port.ts';
import type { CommandContext } from '../command-context.ts';
import { driveRun, type DriveFlags } from '../drive/drive-run.ts';
import { printResult } from '../drive/print-result.ts';
import { exitCodeOfRun, exitCodes } from '../exit-code.ts';
import { objectText } from '../render/object-output.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';
import type { RunCommand } from '../workflow-command.ts';

export interface WorkflowResumeFlags extends BackendFlags, DriveFlags {
  readonly step?: string;
}

/**
 * Tells whoever drives the run to go on. When no process drives a local one (it was stopped, or died), this one drives it
 * to its end.
 */
export async function workflowResume(
  name: string,
  flags: WorkflowResumeFlags,
  context: CommandContext,
): Promise<number> {
  return withBackend(context, flags, async (place, command) => {
    const ref = await place.find(name, flags.namespace);
    const before = await place.get(ref);
    const { step } = flags;
    const said = `Successfully resume workflow: ${ref.name}${step === undefined ? '' : ` from step ${step}`}\n`;
    if (place.kind === 'local' && !before.isLive && step === undefined) {
      context.io.stderr.write(said);
      const resume = (observer: RunObserver, options: ExecuteOptions) => place.resume(ref, observer, options);
      const driven = await driveRun(context, { place, command }, flags, resume, before.view);
      if (driven !== undefined) return finish(context, flags, driven.result, driven.code);
      // Another process took it in between: it is told.
    }
    const sent = await place.command(ref, { kind: 'resume', ...(step === undefined ? {} : { step }) });
    if (sent === 'sent') return sayAsked(said, ref, place, flags, context);
    context.io.stderr.write(said);
    return showWhereItStands(place, ref, command, flags, context);
  });
}

/** Somebody else carries it out. With `-o` the object is the result, and what was done is said beside it. */
export async function sayAsked(
  said: string,
  ref: RunRef,
  backend: Backend,
  { output }: WorkflowResumeFlags,
  { io }: CommandContext,
): Promise<number> {
  if (output === 'text') {
    io.stdout.write(said);
  } else {
    io.stderr.write(said);
    io.stdout.write(await objectText((await backend.get(ref)).object, output));
  }
  return exitCodes.succeeded;
}

/** The command was carried out here: the run has ended, or waits for somebody again. */
async function showWhereItStands(
  backend: Backend,
  ref: RunRef,
  command: RunCommand,
  flags: WorkflowResumeFlags,
  context: CommandContext,
): Promise<number> {
  const { view, object } = await backend.get(ref);
  const result: RunResult = { ref, view, object, end: view.endedAtMs === undefined ? 'waiting' : 'finished' };
  await printResult(context, backend, result, {
    output: flags.output,
    command,
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
