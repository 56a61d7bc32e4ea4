import { setMaxListeners } from 'node:events';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { needsPerson } from '../../runner/execution.ts';
import type { RunReading } from '../../runner/backend.ts';
import type { ClusterSession } from '../../runner/cluster-session.ts';
import type { ExecuteOptions, RunObserver, RunResult } from '../../runner/session.ts';
import { declaredHandlersMs } from '../../store/cluster/declared-steps.ts';
import type { RunRef } from '../../store/port.ts';
import type { CommandContext } from '../command-context.ts';
import { driveRun } from '../drive/drive-run.ts';
import { parseDurationOption } from '../duration-option.ts';
import { combineExitCodes, exitCodes } from '../exit-code.ts';
import { verdictsOfRun } from '../gates/stored-verdicts.ts';
import { trafficFlagNames } from '../model-traffic.ts';
import { printFaults } from '../print-faults.ts';
import { listObject, objectText } from '../render/object-output.ts';
import { withReports, type RunReport } from '../reports/run-report.ts';
import { reportError } from '../report-error.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { withBackend } from '../with-backend.ts';
import type { RunCommand } from '../workflow-command.ts';
import { nothingToRun, readRequest, type RunFlags } from './run.ts';

export interface ClusterRunFlags extends RunFlags {
  readonly wait?: boolean;
}

/** A controller that lives ends an overdue run itself; so much longer is waited for one that does not. */
const graceMs = 15_000;

/** Checks the files against the cluster, creates their runs there and, with `--wait`, waits for each to end. */
export async function workflowRunOnCluster(
  files: readonly string[],
  flags: ClusterRunFlags,
  context: CommandContext,
): Promise<number> {
  refuseLocalFlags(flags);
  return withReports(context, flags, async (report) => {
    const request = await readRequest(files, flags, context);
    return withBackend(context, flags, async (place, command) => {
      if (place.kind === 'local') throw new Error('a cluster was asked for');
      const { faults, notes, runs } = await place.prepare(request);
      for (const note of notes) context.io.stderr.write(`note: ${cleanLine(note)}\n`);
      report.checked(
        request.files.map(({ name }) => name),
        faults,
      );
      if (!printFaults(context, faults, request.files, 'stderr')) return exitCodes.refused;
      if (runs.length === 0) throw nothingToRun(files);
      return createAll(runs, { place, command, report }, flags, context);
    });
  });
}

interface Where {
  readonly place: ClusterSession;
  readonly command: RunCommand;
  readonly report: RunReport;
}

async function createAll(
  runs: readonly KubeObject[],
  where: Where,
  flags: ClusterRunFlags,
  context: CommandContext,
): Promise<number> {
  const codes: number[] = [];
  const objects: object[] = [];
  for (const run of runs) {
    try {
      const done = await createOne(run, where, flags, context);
      codes.push(done.code);
      objects.push(done.object);
      if (done.isLast) break;
    } catch (error) {
      where.report.broke(error);
      codes.push(reportError(error, context.io, context.isDebug));
      if (!isSluiceError(error) || error.kind !== 'invalid') break;
    }
  }
  if (flags.output !== 'text') {
    const [only] = objects;
    const shown = runs.length === 1 ? only : listObject(objects);
    if (shown !== undefined) context.io.stdout.write(await objectText(shown, flags.output));
  }
  return combineExitCodes(codes);
}

async function createOne(
  run: KubeObject,
  { place, command, report }: Where,
  flags: ClusterRunFlags,
  context: CommandContext,
): Promise<{ readonly code: number; readonly object: object; readonly isLast: boolean }> {
  const { stdout, stderr } = context.io;
  const ref = await place.create(run, (text) => stderr.write(`note: ${cleanLine(text)}\n`));
  const isResult = flags.wait !== true && flags.output === 'text';
  (isResult ? stdout : stderr).write(`workflowrun ${ref.name} created\n`);
  if (flags.wait !== true) {
    const object = flags.output === 'text' ? {} : (await place.get(ref)).object;
    return { code: exitCodes.succeeded, object, isLast: false };
  }
  const driven = await driveRun(context, { place, command }, flags, (observer, options) =>
    waitForEnd(ref, place, patienceMs(run, flags), observer, options),
  );
  if (driven === undefined) throw new Error('a run of a cluster is waited for');
  const { result, sentence } = driven;
  const verdicts = await verdictsOfRun(place, result.view);
  report.ran({ result, sentence, places: new Map(), verdicts });
  return { code: driven.code, object: result.object, isLast: driven.stoppedBy !== undefined };
}

/** How long, in ms, a run with a timeout is waited for: its handlers come after its deadline. */
function patienceMs(run: KubeObject, { timeout }: ClusterRunFlags): number | undefined {
  if (timeout === undefined) return undefined;
  return parseDurationOption('--timeout', timeout) + 2 * (declaredHandlersMs(run) ?? 0) + graceMs;
}

/** Until the run has ended, a person is needed and nobody is here, the user leaves, or there is no hope for its end. */
async function waitForEnd(
  ref: RunRef,
  place: ClusterSession,
  patience: number | undefined,
  observer: RunObserver,
  { leaveWhenSuspended, signal }: ExecuteOptions,
): Promise<RunResult> {
  const stop = AbortSignal.any([signal, ...(patience === undefined ? [] : [AbortSignal.timeout(patience)])]);
  setMaxListeners(0, stop);
  const said = new Set<string>();
  let last: RunReading | undefined;
  for await (const reading of place.watch(ref, stop)) {
    last = reading;
    for (const record of reading.logs ?? []) {
      const key = `${record.step}\n${record.key}`;
      if (!said.has(key)) observer.onLog(record);
      said.add(key);
    }
    observer.onView(reading.view);
    if (reading.view.endedAtMs !== undefined) return { ref, ...reading, end: 'finished' };
    if (leaveWhenSuspended && needsPerson(reading.view)) return { ref, ...reading, end: 'waiting' };
  }
  if (stop.aborted) return { ref, ...(last ?? (await place.get(ref))), end: 'left' };
  const what = `run ${ref.namespace}/${ref.name} was deleted before it ended`;
  throw new SluiceError('terminal', 'RunDeleted', what);
}

/** What only the local engine can do is not silently left out. */
function refuseLocalFlags(flags: ClusterRunFlags): void {
  const { defs, offline, clusterFile, caFile } = flags;
  const refuse = (flag: string, hint: string): never => {
    throw new SluiceError('invalid', 'BadOption', `${flag} has no meaning for the runs of a cluster`, {
      hint,
    });
  };
  if (defs !== undefined) refuse('--defs', 'Install step types first: sluice def apply FILE');
  if (offline === true)
    refuse('--offline', 'Its controller decides: sluice controller --allow-offline-model');
  for (const flag of ['dryRunPrompt', 'recordModel', 'replayModel'] as const)
    if (flags[flag] !== undefined)
      refuse(trafficFlagNames[flag], 'Its controller asks the models: sluice run FILE does it here.');
  if (flags.evidence !== undefined)
    refuse('--evidence', 'Give texts as inputs of the steps that judge them.');
  if (flags.anonymize === true) refuse('--anonymize', 'The local engine does it: sluice run FILE');
  if (clusterFile !== undefined)
    refuse('--cluster-file', 'It describes the in-memory cluster: sluice run FILE');
  for (const flag of ['junit', 'sarif', 'summary'] as const) {
    if (flags[flag] !== undefined && flags.wait !== true)
      throw new SluiceError('invalid', 'BadOption', `--${flag} needs --wait: it tells how the run ended`);
  }
  if (caFile !== undefined) refuse('--ca-file', 'Certificates of a cluster stand in the kubeconfig.');
}
