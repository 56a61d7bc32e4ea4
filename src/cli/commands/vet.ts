import type { Prepared } from '../../runner/session.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { printFaults } from '../print-faults.ts';
import { counted, faultCount } from '../render/fault-text.ts';
import { faultAnnotation } from '../render/github-annotation.ts';
import { objectText } from '../render/object-output.ts';
import { allSteps } from '../render/plain-lines.ts';
import { withSession } from '../with-session.ts';
import { readRequest, type RunFlags } from './run.ts';

export interface VetFlags
  extends SessionFlags, Pick<RunFlags, 'defs' | 'set' | 'require' | 'strict' | 'namespace'> {
  readonly output: 'text' | 'json' | 'yaml';
}

/** Checks files as `run` does, and runs nothing. */
export async function vet(
  files: readonly string[],
  flags: VetFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const request = await readRequest(files, flags, context);
  return withSession(context, flags, async (session) => {
    const prepared = await session.prepare(request);
    const isGood = prepared.faults.every(({ severity }) => severity !== 'error');
    if (flags.output === 'text') {
      printFaults(context, prepared.faults, [...request.files, ...request.definitions], 'stdout');
      io.stdout.write(`${verdict(prepared)}\n`);
    } else {
      io.stdout.write(await objectText(prepared.faults, flags.output));
      if (io.env['GITHUB_ACTIONS'] === 'true')
        for (const fault of prepared.faults) io.stderr.write(`${faultAnnotation(fault)}\n`);
    }
    return isGood ? exitCodes.succeeded : exitCodes.refused;
  });
}

function verdict({ faults, runs }: Prepared): string {
  const count = faultCount(faults);
  if (count !== '') return count;
  const steps = runs.reduce((sum, { view }) => sum + allSteps(view.steps).length, 0);
  const parts = [counted(runs.length, 'run'), counted(steps, 'step')].filter((part) => part !== '');
  return parts.length === 0 ? 'ok: no runs' : `ok: ${parts.join(', ')}`;
}
