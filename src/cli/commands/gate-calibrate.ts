import { SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import { calibrate, type Calibrated, type CaseResult } from '../../gate/judge/calibration/calibrate.ts';
import type { CalibrationCase } from '../../gate/judge/calibration/calibration-case.ts';
import { calibrationText } from '../../gate/judge/calibration/calibration-text.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunObserver, RunRequest, Session } from '../../runner/session.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { stopOnSignal } from '../drive/stop-on-signal.ts';
import { exitCodes } from '../exit-code.ts';
import { readCases } from '../gates/calibration-cases.ts';
import { chooseGate, type GateChoice } from '../gates/choose-gate.ts';
import { verdictsOfRun } from '../gates/stored-verdicts.ts';
import { readInputFile, readInputFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { objectText } from '../render/object-output.ts';
import { openReportFile, replaceReport } from '../reports/report-file.ts';
import { parseSetOption } from '../set-option.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { table } from '../terminal/table.ts';
import { withSession } from '../with-session.ts';

export interface GateCalibrateFlags extends SessionFlags, GateChoice {
  readonly cases: string;
  readonly write?: string;
  readonly set?: readonly string[];
  readonly namespace?: string;
  readonly output: 'text' | 'json' | 'yaml';
}

/**
 * Has the judge of a gate decide over labelled cases, without the gate's rules, and says how often it was right. The record can be
 * written to a file, for `calibration.set` of the gate. Exit code 1 where the cases give no record.
 */
export async function gateCalibrate(flags: GateCalibrateFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const target = flags.write === undefined ? undefined : await openReportFile('--write', flags.write, io.cwd);
  const file = await readInputFile(flags.file, io);
  const caseFiles = await readInputFiles([flags.cases], io);
  const { cases, faults } = readCases(caseFiles);
  if (!printFaults(context, faults, caseFiles, 'stderr')) return exitCodes.refused;
  const request: RunRequest = {
    files: [file],
    definitions: [],
    require: [],
    timeoutMs: undefined,
    context: (flags.set ?? []).map((text) => parseSetOption(text)),
    strict: false,
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
  };
  const stop = stopOnSignal(io, () => io.stderr.write('stopping; once more ends it at once\n'));
  try {
    return await withSession(context, flags, async (session) => {
      const judge = judgeIn(session, { request, flags, context, signal: stop.signal });
      const calibrated = await calibrate(cases, judge, new Date(io.now()).toISOString());
      await print(calibrated, flags, context);
      if (!calibrated.ok) return exitCodes.failed;
      const record = calibrated.record as unknown as JsonObject;
      if (target !== undefined) await replaceReport(target, `${stringifyJson(record, 2)}\n`);
      return exitCodes.succeeded;
    });
  } finally {
    stop.release();
  }
}

interface Judging {
  readonly request: RunRequest;
  readonly flags: GateCalibrateFlags;
  readonly context: CommandContext;
  readonly signal: AbortSignal;
}

/** Each case is the run of the gate's one step, with what the case gives it. */
function judgeIn(session: Session, { request, flags, context, signal }: Judging) {
  return async ({ name, label, properties }: CalibrationCase): Promise<Verdict> => {
    const { step } = flags;
    const gate = { ...(step === undefined ? {} : { step }), properties };
    const prepared = await session.prepare({ ...request, gate });
    if (!printFaults(context, prepared.faults.filter(isError), request.files, 'stderr'))
      throw new SluiceError('invalid', 'BadGate', `${flags.file} cannot judge case ${name}`);
    const run = chooseGate(prepared, flags);
    const result = await session.execute(run, silent, { leaveWhenSuspended: true, signal });
    if (signal.aborted) throw new SluiceError('terminal', 'Stopped', 'stopped: no calibration was made');
    const [stored] = await verdictsOfRun(session, result.view);
    if (stored === undefined) {
      const why = result.view.steps[0]?.message ?? 'it gave no verdict';
      throw new SluiceError('terminal', 'NoVerdict', `case ${name}: ${cleanLine(why)}`);
    }
    context.io.stderr.write(`${label.padEnd(4)}  ${name}: ${stored.verdict.outcome}\n`);
    return stored.verdict;
  };
}

const silent: RunObserver = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };

function isError({ severity }: { readonly severity: 'error' | 'warning' }): boolean {
  return severity === 'error';
}

async function print(
  calibrated: Calibrated,
  { output }: GateCalibrateFlags,
  { io }: CommandContext,
): Promise<void> {
  const { results } = calibrated;
  if (output !== 'text') {
    const record = calibrated.ok ? calibrated.record : null;
    io.stdout.write(await objectText({ record, results }, output));
  } else {
    const missed = results.filter(({ isMissed }) => isMissed !== false);
    if (missed.length > 0)
      io.stdout.write(`${table([['CASE', 'LABEL', 'VERDICT', 'SAYS'], ...missed.map(rowOf)])}\n`);
    if (calibrated.ok) io.stdout.write(`${cleanLines(calibrationText(calibrated.record))}\n`);
  }
  if (!calibrated.ok) io.stderr.write(`error: ${cleanLine(calibrated.message)}\n`);
}

function rowOf({ name, label, outcome, reasons }: CaseResult): readonly string[] {
  return [name, label, outcome, reasons[0] ?? ''].map(cleanLine);
}

function cleanLines(text: string): string {
  return text.split('\n').map(cleanLine).join('\n');
}
