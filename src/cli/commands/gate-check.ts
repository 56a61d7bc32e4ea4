import type { PreparedRun, RunRequest, Session } from '../../runner/session.ts';
import type { StoredVerdict } from '../../gate/verdict-store.ts';
import type { PromptPreview } from '../../runner/models/prompt-preview.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { driveRun, type Driven } from '../drive/drive-run.ts';
import { driveDryRun } from '../dry-run/drive-dry-run.ts';
import { parseDurationOption } from '../duration-option.ts';
import { exitCodes } from '../exit-code.ts';
import { chooseGate, type GateChoice } from '../gates/choose-gate.ts';
import { readGivenProperties, type GivenFlags, type GivenProperties } from '../gates/gate-properties.ts';
import { verdictsOfRun } from '../gates/stored-verdicts.ts';
import { verdictOutput, type VerdictFormat } from '../gates/verdict-output.ts';
import { readDefinitionFiles, readInputFile } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { reportedUri } from '../reports/reported-path.ts';
import { withReports, type ReportFlags } from '../reports/run-report.ts';
import { parseSetOption } from '../set-option.ts';
import { withSession } from '../with-session.ts';
import { localCommand } from '../workflow-command.ts';

export interface GateCheckFlags extends SessionFlags, ReportFlags, GivenFlags, GateChoice {
  readonly namespace?: string;
  readonly set?: readonly string[];
  readonly defs?: readonly string[];
  readonly timeout?: string;
  readonly output: VerdictFormat;
}

/**
 * Drives one gate of a file as a run of its own, with the journal, budgets and verdicts of any other, and prints its verdict.
 * Exit code 0 only where it opens; 3 where it does not, 5 where it waits for a person.
 */
export async function gateCheck(flags: GateCheckFlags, context: CommandContext): Promise<number> {
  return withReports(context, flags, async (report) => {
    const given = await readGivenProperties(flags, context.io);
    const request = await readRequest(flags, given, context);
    const previews: PromptPreview[] = [];
    const onPreview = (preview: PromptPreview): void => void previews.push(preview);
    const carryOut = async (session: Session): Promise<number> => {
      const prepared = await session.prepare(request);
      const faults = [...given.faults, ...prepared.faults];
      const files = [...request.files, ...request.definitions, ...given.files];
      report.checked(
        files.map(({ name }) => name),
        faults,
      );
      if (!printFaults(context, faults, files, 'stderr')) return exitCodes.refused;
      const run = chooseGate(prepared, flags);
      if (flags.dryRunPrompt === true) {
        const output = flags.output === 'json' || flags.output === 'yaml' ? flags.output : 'text';
        return driveDryRun(context, { session, runs: [run], previews, output });
      }
      const driven = await drive(run, session, flags, context);
      const verdicts = await verdictsOfRun(session, driven.result.view);
      const { result, sentence } = driven;
      report.ran({ result, sentence, places: run.places, verdicts });
      const [stored] = verdicts;
      if (stored === undefined) return withoutVerdict(driven, context);
      context.io.stdout.write(await print(stored, run, flags, context));
      if (result.end === 'waiting') context.io.stderr.write(`${howToOpen(stored)}\n`);
      return codeOf(driven, stored);
    };
    return withSession(context, flags, carryOut, { onPreview });
  });
}

async function readRequest(
  flags: GateCheckFlags,
  { properties }: GivenProperties,
  { io }: CommandContext,
): Promise<RunRequest> {
  const { step, namespace, timeout } = flags;
  return {
    files: [await readInputFile(flags.file, io)],
    definitions: await readDefinitionFiles(flags.defs ?? [], io),
    require: [],
    timeoutMs: timeout === undefined ? undefined : parseDurationOption('--timeout', timeout),
    context: (flags.set ?? []).map((text) => parseSetOption(text)),
    strict: false,
    gate: { ...(step === undefined ? {} : { step }), properties },
    ...(namespace === undefined ? {} : { namespace }),
  };
}

async function drive(
  run: PreparedRun,
  session: Session,
  flags: GateCheckFlags,
  context: CommandContext,
): Promise<Driven> {
  const { places } = run;
  // A verdict is what is asked for: whoever sits there is told how to go on, and not kept waiting.
  const isLeftWhenSuspended = flags.waitSuspended !== true;
  const driving = { place: session, command: localCommand(flags), places, isLeftWhenSuspended };
  const driven = await driveRun(context, driving, { output: 'json' }, (observer, options) =>
    session.execute(run, observer, options),
  );
  if (driven === undefined) throw new Error('a new run is driven by nobody else');
  return driven;
}

function print(
  stored: StoredVerdict,
  run: PreparedRun,
  flags: GateCheckFlags,
  context: CommandContext,
): Promise<string> {
  const { line, column } = run.places.get(stored.step) ?? {};
  return verdictOutput(stored, flags.output, context, {
    uri: reportedUri(flags.file, context.io),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  });
}

function howToOpen({ run, step, namespace }: StoredVerdict): string {
  const where = namespace === 'default' ? '' : ` -n ${namespace}`;
  return `open it: sluice gate override ${run} ${step}${where} --reason TEXT --role GROUP --for 1h`;
}

/** Nothing opens without a verdict. */
function withoutVerdict({ code, result }: Driven, { io }: CommandContext): number {
  const [step] = result.view.steps;
  io.stderr.write(`no verdict: step ${step?.name ?? ''} of type ${step?.type ?? ''} gave none\n`);
  return code === exitCodes.succeeded ? exitCodes.gateClosed : code;
}

/** The run's own code; but nothing is open that the verdict does not open. */
function codeOf({ code }: Driven, { verdict }: StoredVerdict): number {
  const isShut = !verdict.open && verdict.mode === 'enforce';
  return isShut && code === exitCodes.succeeded ? exitCodes.gateClosed : code;
}
