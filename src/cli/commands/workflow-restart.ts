import type { CommandContext } from '../command-context.ts';
import { driveRun } from '../drive/drive-run.ts';
import { objectText } from '../render/object-output.ts';
import { withBackend } from '../with-backend.ts';
import { sayAsked, type WorkflowResumeFlags } from './workflow-resume.ts';

/** Runs a finished run anew, or from one of its failed steps. A local one is driven to its end. */
export async function workflowRestart(
  name: string,
  flags: WorkflowResumeFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  return withBackend(context, flags, async (place, command) => {
    const ref = await place.find(name, flags.namespace);
    const said = `Successfully restart workflow: ${ref.name}${from(flags.step)}\n`;
    if (place.kind === 'cluster') {
      await place.restart(ref, flags.step);
      return sayAsked(said, ref, place, flags, context);
    }
    let isSaid = false;
    const driven = await driveRun(context, { place, command }, flags, (observer, options) =>
      place.restart(
        ref,
        flags.step,
        {
          ...observer,
          onView(view) {
            // The first view is the proof that it was restarted.
            if (!isSaid) io.stderr.write(said);
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
