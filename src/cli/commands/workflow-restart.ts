import type { CommandContext } from '../command-context.ts';
import { driveRun } from '../drive/drive-run.ts';
import { refuseCluster } from '../place.ts';
import { objectText } from '../render/object-output.ts';
import { withSession } from '../with-session.ts';
import type { WorkflowResumeFlags } from './workflow-resume.ts';

/** Runs a finished run anew, or from one of its failed steps, and drives it to its end. */
export async function workflowRestart(
  name: string,
  flags: WorkflowResumeFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  await refuseCluster(context, flags);
  return withSession(context, flags, async (session) => {
    const ref = await session.find(name, flags.namespace);
    let isSaid = false;
    const driven = await driveRun(context, session, flags, (observer, options) =>
      session.restart(
        ref,
        flags.step,
        {
          ...observer,
          onView(view) {
            // The first view is the proof that it was restarted.
            if (!isSaid) io.stderr.write(`Successfully restart workflow: ${ref.name}${from(flags.step)}\n`);
            isSaid = true;
            observer.onView(view);
          },
        },
        options,
      ),
    );
    if (driven === undefined) throw new Error('a restarted run is driven by nobody else');
    if (flags.output !== 'text') io.stdout.write(await objectText(driven.result.object, flags.output));
    return driven.code;
  });
}

function from(step: string | undefined): string {
  return step === undefined ? '' : ` from step ${step}`;
}
