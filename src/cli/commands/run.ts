import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { PromptPreview } from '../../runner/models/prompt-preview.ts';
import type { Prepared, PreparedRun, RunRequest, Session } from '../../runner/session.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { driveDryRun } from '../dry-run/drive-dry-run.ts';
import { driveRun, type DriveFlags } from '../drive/drive-run.ts';
import { parseDurationOption } from '../duration-option.ts';
import { combineExitCodes, exitCodes } from '../exit-code.ts';
import { verdictsOfRun } from '../gates/stored-verdicts.ts';
import { readDefinitionFiles, readInputFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { listObject, objectText } from '../render/object-output.ts';
import { reportError } from '../report-error.ts';
import { withReports, type ReportFlags, type RunReport } from '../reports/run-report.ts';
import { parseSetOption } from '../set-option.ts';
import { withSession } from '../with-session.ts';
import { localCommand } from '../workflow-command.ts';

export interface RunFlags extends SessionFlags, DriveFlags, ReportFlags {
  readonly defs?: readonly string[];
  readonly timeout?: string;
  readonly set?: readonly string[];
  readonly strict?: boolean;
  readonly namespace?: string;
}

/** Checks the files, then runs their runs one after the other. Nothing runs when one of them has an error. */
export async function run(
  files: readonly string[],
  flags: RunFlags,
  context: CommandContext,
): Promise<number> {
  return withReports(context, flags, async (report) => {
    const request = await readRequest(files, flags, context);
    const previews: PromptPreview[] = [];
    const onPreview = (preview: PromptPreview): void => void previews.push(preview);
    const carryOut = async (session: Session): Promise<number> => {
      const prepared = await session.prepare(request);
      const checked = [...request.files, ...request.definitions];
      report.checked(
        checked.map(({ name }) => name),
        prepared.faults,
      );
      if (!printFaults(context, prepared.faults, checked, 'stderr')) return exitCodes.refused;
      if (prepared.runs.length === 0) throw nothingToRun(files);
      if (flags.dryRunPrompt !== true) return runAll(prepared, { session, report }, flags, context);
      return driveDryRun(context, { session, runs: prepared.runs, previews, output: flags.output });
    };
    return withSession(context, flags, carryOut, { onPreview });
  });
}

export async function readRequest(
  files: readonly string[],
  flags: Pick<RunFlags, 'defs' | 'timeout' | 'set' | 'require' | 'strict' | 'namespace'>,
  { io }: CommandContext,
): Promise<RunRequest> {
  return {
    timeoutMs: flags.timeout === undefined ? undefined : parseDurationOption('--timeout', flags.timeout),
    context: (flags.set ?? []).map((text) => parseSetOption(text)),
    require: stepList(flags.require ?? []),
    strict: flags.strict === true,
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    files: await readInputFiles(files, io),
    definitions: await readDefinitionFiles(flags.defs ?? [], io),
  };
}

interface Running {
  readonly session: Session;
  readonly report: RunReport;
}

async function runAll(
  { runs }: Prepared,
  running: Running,
  flags: RunFlags,
  context: CommandContext,
): Promise<number> {
  const codes: number[] = [];
  const objects: object[] = [];
  for (const prepared of runs) {
    const done = await runOne(prepared, running, flags, context);
    codes.push(done.code);
    if (done.object !== undefined) objects.push(done.object);
    if (done.isLast) break;
  }
  if (flags.output !== 'text') {
    const [only] = objects;
    const shown = runs.length === 1 ? only : listObject(objects);
    if (shown !== undefined) context.io.stdout.write(await objectText(shown, flags.output));
  }
  return combineExitCodes(codes);
}

interface Done {
  readonly code: number;
  readonly object?: object;
  /** What follows is not started: somebody stopped us, or the machine gives no hope for it. */
  readonly isLast: boolean;
}

async function runOne(
  prepared: PreparedRun,
  { session, report }: Running,
  flags: RunFlags,
  context: CommandContext,
): Promise<Done> {
  try {
    const { places } = prepared;
    const driving = { place: session, command: localCommand(flags), places };
    const driven = await driveRun(context, driving, flags, (observer, options) =>
      session.execute(prepared, observer, options),
    );
    if (driven === undefined) throw new Error('a new run is driven by nobody else');
    const { result, sentence } = driven;
    report.ran({ result, sentence, places, verdicts: await verdictsOfRun(session, result.view) });
    return { code: driven.code, object: result.object, isLast: driven.stoppedBy !== undefined };
  } catch (error) {
    report.broke(error);
    const code = reportError(error, context.io, context.isDebug);
    return { code, isLast: !isSluiceError(error) || error.kind !== 'invalid' };
  }
}

function stepList(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

export function nothingToRun(files: readonly string[]): SluiceError {
  return new SluiceError('invalid', 'NothingToRun', `there is no WorkflowRun in ${files.join(', ')}`, {
    hint: 'A run is a document with kind: WorkflowRun.',
  });
}
