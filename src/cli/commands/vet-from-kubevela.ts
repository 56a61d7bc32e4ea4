import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { findDifferences } from '../from-kubevela/find-differences.ts';
import { readMigratedFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { counted, faultCount } from '../render/fault-text.ts';
import { annotateFaults } from '../render/github-annotation.ts';
import { objectText } from '../render/object-output.ts';
import { reportSarif } from '../reports/report-sarif.ts';
import { withReports } from '../reports/run-report.ts';
import { withSession } from '../with-session.ts';
import { readRequest } from './run.ts';
import type { VetFlags } from './vet.ts';

/** Says what of files that were written for KubeVela behaves otherwise here; runs nothing. */
export async function vetFromKubeVela(
  named: readonly string[],
  flags: VetFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  return withReports(context, flags, async (report) => {
    const files = await readMigratedFiles(named, io);
    const request = { ...(await readRequest([], flags, context)), files };
    return withSession(context, flags, async (session) => {
      const faults = await findDifferences(session, request);
      report.checked(
        files.map(({ name }) => name),
        faults,
      );
      if (flags.output === 'text') {
        printFaults(context, faults, files, 'stdout');
        io.stdout.write(`${summary(faults, files.length)}\n`);
      } else {
        annotateFaults(faults, context.annotations);
        io.stdout.write(
          flags.output === 'sarif'
            ? reportSarif({ files: [], faults, runs: [], errors: [] }, io)
            : await objectText(faults, flags.output),
        );
      }
      return faults.some(({ severity }) => severity === 'error') ? exitCodes.refused : exitCodes.succeeded;
    });
  });
}

/** How often each code was said, most often first, and the count of errors and warnings. */
function summary(faults: Awaited<ReturnType<typeof findDifferences>>, files: number): string {
  const where = counted(files, 'file');
  if (faults.length === 0) return `ok: nothing in ${where} behaves otherwise than with KubeVela`;
  const counts = Map.groupBy(faults, ({ code }) => code);
  const lines = [...counts]
    .toSorted(([a, as], [b, bs]) => bs.length - as.length || a.localeCompare(b))
    .map(([code, all]) => `${String(all.length).padStart(5)}  ${code}`);
  return [`\nin ${where}:`, ...lines, faultCount(faults)].join('\n');
}
