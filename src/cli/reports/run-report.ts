import { resolve } from 'node:path';
import type { Fault } from '../../api/fault.ts';
import { messageOf, SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { appendReport, openReportFile, replaceReport, type ReportFile } from './report-file.ts';
import { reportJunit } from './report-junit.ts';
import { reportMarkdown } from './report-markdown.ts';
import { reportSarif } from './report-sarif.ts';
import type { ReportedRun } from './reported.ts';

export interface ReportFlags {
  readonly junit?: string;
  readonly sarif?: string;
  readonly summary?: string;
}

/** Takes down what a command comes to. */
export interface RunReport {
  checked(files: readonly string[], faults: readonly Fault[]): void;
  ran(run: ReportedRun): void;
  /** Something that could not be carried out. */
  broke(error: unknown): void;
}

/** GitHub refuses a larger summary of a step. */
const summaryLimitBytes = 1024 * 1024;

/**
 * Runs `use` and writes the files that the flags name afterwards, however it ends. A file that cannot be written is an error
 * before it begins. In GitHub Actions the job summary is one of them.
 */
export async function withReports(
  context: CommandContext,
  flags: ReportFlags,
  use: (report: RunReport) => Promise<number>,
): Promise<number> {
  const writers = await openWriters(context, flags);
  const files: string[] = [];
  const faults: Fault[] = [];
  const runs: ReportedRun[] = [];
  const errors: string[] = [];
  const report: RunReport = {
    checked(names, found) {
      files.push(...names);
      faults.push(...found);
    },
    ran: (run) => void runs.push(run),
    broke: (error) => void errors.push(messageOf(error)),
  };
  let code: number;
  try {
    code = await use(report);
  } catch (error) {
    report.broke(error);
    await writeAll(writers, { files, faults, runs, errors }, context);
    throw error;
  }
  const areWritten = await writeAll(writers, { files, faults, runs, errors }, context);
  return areWritten || code !== exitCodes.succeeded ? code : exitCodes.environment;
}

type Reported = Parameters<typeof reportJunit>[0];
type Writer = { readonly name: string; readonly write: (reported: Reported) => Promise<void> };

async function openWriters({ io }: CommandContext, flags: ReportFlags): Promise<readonly Writer[]> {
  const { junit, sarif, summary } = flags;
  refuseSameFile(flags, io.cwd);
  const writers: Writer[] = [];
  if (junit !== undefined) {
    const file = await openReportFile('--junit', junit, io.cwd);
    writers.push({ name: junit, write: (reported) => replaceReport(file, reportJunit(reported)) });
  }
  if (sarif !== undefined) {
    const file = await openReportFile('--sarif', sarif, io.cwd);
    writers.push({ name: sarif, write: (reported) => replaceReport(file, reportSarif(reported, io)) });
  }
  const summaries = new Map<string, string>();
  if (summary !== undefined) summaries.set(resolve(io.cwd, summary), summary);
  const { GITHUB_ACTIONS: isGithub, GITHUB_STEP_SUMMARY: job } = io.env;
  if (isGithub === 'true' && job !== undefined && job !== '') summaries.set(resolve(io.cwd, job), job);
  for (const name of summaries.values()) {
    const file = await openReportFile('--summary', name, io.cwd);
    writers.push({ name, write: (reported) => appendMarkdown(file, reported, io) });
  }
  return writers;
}

function appendMarkdown(file: ReportFile, reported: Reported, io: CommandContext['io']): Promise<void> {
  return appendReport(file, (room) => reportMarkdown(reported, io, room), summaryLimitBytes);
}

/** One file that does not come out does not keep the others from it. */
async function writeAll(
  writers: readonly Writer[],
  reported: Reported,
  { io, annotations }: CommandContext,
): Promise<boolean> {
  let areWritten = true;
  for (const { name, write } of writers) {
    try {
      await write(reported);
    } catch (error) {
      areWritten = false;
      const message = `cannot write ${name}: ${cleanLine(messageOf(error))}`;
      io.stderr.write(`error: ${message}\n`);
      annotations.say('error', message);
    }
  }
  return areWritten;
}

function refuseSameFile(flags: ReportFlags, cwd: string): void {
  const names = [flags.junit, flags.sarif, flags.summary].filter((name) => name !== undefined);
  const paths = names.map((name) => resolve(cwd, name));
  const twice = names.find((_, index) => paths.indexOf(paths[index] ?? '') < index);
  if (twice !== undefined)
    throw new SluiceError('invalid', 'BadOption', `two reports would be written to ${twice}`);
}
