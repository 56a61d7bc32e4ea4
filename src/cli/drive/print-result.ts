import type { RunPhase } from '../../api/status.ts';
import { isObject } from '../../api/json.ts';
import { requireAnnotation } from '../../api/workflow.ts';
import { isSluiceError } from '../../api/errors.ts';
import type { Backend } from '../../runner/backend.ts';
import type { RunResult } from '../../runner/session.ts';
import type { LogRecord, RunRef } from '../../store/port.ts';
import type { CommandContext } from '../command-context.ts';
import { annotation } from '../render/github-annotation.ts';
import { gatedSteps, lastLine } from '../render/last-line.ts';
import { paintPhase } from '../render/phase-symbol.ts';
import { runSummary } from '../render/run-summary.ts';
import type { RunCommand } from '../workflow-command.ts';

export interface PrintOptions {
  readonly output: 'text' | 'json' | 'yaml';
  readonly command: RunCommand;
  /** `--require` was given. */
  readonly isRequiring: boolean;
}

/** The end of a run for people: steps and answers, then one sentence. With `-o` only the sentence, on standard error. */
export async function printResult(
  context: CommandContext,
  backend: Backend,
  result: RunResult,
  options: PrintOptions,
): Promise<void> {
  const { io, out, err } = context;
  const namesGates = !options.isRequiring && !hasRequirement(result);
  const line = lastLine(result, {
    namesGates,
    resumeCommand: options.command('resume', result.ref),
    statusCommand: options.command('status', result.ref),
  });
  annotate(context, result, line, namesGates);
  if (options.output !== 'text') {
    io.stderr.write(`${paintPhase(verdictOf(result), line, err)}\n`);
    return;
  }
  const logs = await allLogs(backend, result.ref);
  const columns = Math.min(io.stdout.size()?.columns ?? 100, 120);
  io.stdout.write(`${runSummary(result.view, logs, { style: out, columns })}\n\n`);
  io.stdout.write(`${paintPhase(verdictOf(result), line, out)}\n`);
}

/** A run that succeeded without what was required is nothing green. */
function verdictOf({ view }: RunResult): RunPhase {
  return view.unmet.length > 0 && view.phase === 'succeeded' ? 'failed' : view.phase;
}

async function allLogs(backend: Backend, ref: RunRef): Promise<readonly LogRecord[]> {
  const { signal } = new AbortController();
  const records: LogRecord[] = [];
  try {
    for await (const record of backend.logs(ref, { follow: false, signal })) records.push(record);
  } catch (error) {
    // Another engine keeps its logs elsewhere; the result is none the worse for it.
    if (!isSluiceError(error) || error.code !== 'NoLogsKept') throw error;
  }
  return records;
}

function annotate({ io }: CommandContext, { view, end }: RunResult, line: string, namesGates: boolean): void {
  if (io.env['GITHUB_ACTIONS'] !== 'true') return;
  const title = `workflowrun ${view.name}`;
  const isGood = end === 'finished' && view.phase === 'succeeded' && view.unmet.length === 0;
  if (!isGood)
    io.stderr.write(
      `${annotation(end === 'waiting' || end === 'left' ? 'warning' : 'error', line, { title })}\n`,
    );
  else if (namesGates && gatedSteps(view).length > 0)
    io.stderr.write(`${annotation('warning', line, { title })}\n`);
}

function hasRequirement({ object, view }: RunResult): boolean {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  return view.unmet.length > 0 || typeof annotations[requireAnnotation] === 'string';
}
