import type { Prepared } from '../../runner/session.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { printFaults } from '../print-faults.ts';
import { counted, faultCount } from '../render/fault-text.ts';
import { annotateFaults } from '../render/github-annotation.ts';
import { objectText } from '../render/object-output.ts';
import { allSteps } from '../render/plain-lines.ts';
import { reportSarif } from '../reports/report-sarif.ts';
import { withReports, type ReportFlags } from '../reports/run-report.ts';
import { withSession } from '../with-session.ts';
import { readRequest, type RunFlags } from './run.ts';

export interface VetFlags
  extends SessionFlags, ReportFlags, Pick<RunFlags, 'defs' | 'set' | 'require' | 'strict' | 'namespace'> {
  readonly output: 'text' | 'json' | 'yaml' | 'sarif';
  readonly fromKubevela?: boolean;
}

/** Checks files as `run` does, and runs nothing. */
export async function vet(
  files: readonly string[],
  flags: VetFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  return withReports(context, flags, async (report) => {
    const request = await readRequest(files, flags, context);
    return withSession(context, flags, async (session) => {
      const prepared = await session.prepare(request);
      const { faults } = prepared;
      const checked = [...request.files, ...request.definitions];
      report.checked(
        checked.map(({ name }) => name),
        faults,
      );
      if (flags.output === 'text') {
        printFaults(context, faults, checked, 'stdout');
        io.stdout.write(`${verdict(prepared)}\n`);
      } else {
        annotateFaults(faults, context.annotations);
        io.stdout.write(await faultsAs(flags.output, prepared, context));
      }
      return faults.some(({ severity }) => severity === 'error') ? exitCodes.refused : exitCodes.succeeded;
    });
  });
}

async function faultsAs(
  format: 'json' | 'yaml' | 'sarif',
  { faults }: Prepared,
  { io }: CommandContext,
): Promise<string> {
  return format === 'sarif'
    ? reportSarif({ files: [], faults, runs: [], errors: [] }, io)
    : objectText(faults, format);
}

function verdict({ faults, runs }: Prepared): string {
  const count = faultCount(faults);
  if (count !== '') return count;
  const steps = runs.reduce((sum, { view }) => sum + allSteps(view.steps).length, 0);
  const parts = [counted(runs.length, 'run'), counted(steps, 'step')].filter((part) => part !== '');
  return parts.length === 0 ? 'ok: no runs' : `ok: ${parts.join(', ')}`;
}
