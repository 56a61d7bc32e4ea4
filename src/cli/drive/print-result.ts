import type { RunPhase } from '../../api/status.ts';
import { isObject } from '../../api/json.ts';
import { requireAnnotation } from '../../api/workflow.ts';
import { isSluiceError } from '../../api/errors.ts';
import type { Backend } from '../../runner/backend.ts';
import type { RunResult } from '../../runner/session.ts';
import type { LogRecord, RunRef } from '../../store/port.ts';
import type { CommandContext } from '../command-context.ts';
import { withoutCommands } from '../render/github-annotation.ts';
import { gatedSteps, lastLine } from '../render/last-line.ts';
import { paintPhase } from '../render/phase-symbol.ts';
import { runSummary } from '../render/run-summary.ts';
import { allSteps } from '../render/plain-lines.ts';
import { stepDetail } from '../render/step-detail.ts';
import type { StepPlaces } from '../reports/reported.ts';
import type { RunCommand } from '../workflow-command.ts';

export interface PrintOptions {
  readonly output: 'text' | 'json' | 'yaml';
  readonly command: RunCommand;
  /** `--require` was given. */
  readonly isRequiring: boolean;
  readonly places?: StepPlaces;
}

/**
 * The end of a run for people: steps and answers, then one sentence. With `-o` only the sentence, on standard error. Returns the
 * sentence.
 */
export async function printResult(
  context: CommandContext,
  backend: Backend,
  result: RunResult,
  options: PrintOptions,
): Promise<string> {
  const { io, out, err } = context;
  const namesGates = !options.isRequiring && !hasRequirement(result);
  const line = lastLine(result, {
    namesGates,
    resumeCommand: options.command('resume', result.ref),
    statusCommand: options.command('status', result.ref),
  });
  annotateSteps(context, result, options.places ?? new Map());
  annotate(context, result, line, namesGates);
  if (options.output !== 'text') {
    io.stderr.write(`${paintPhase(verdictOf(result), line, err)}\n`);
    return line;
  }
  const logs = await allLogs(backend, result.ref);
  const columns = Math.min(io.stdout.size()?.columns ?? 100, 120);
  const summary = runSummary(result.view, logs, { style: out, columns });
  io.stdout.write(withoutCommands(`${summary}\n\n`, io));
  io.stdout.write(`${paintPhase(verdictOf(result), line, out)}\n`);
  return line;
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

/** Steps that failed, at the lines where they are written. */
function annotateSteps({ annotations }: CommandContext, { view }: RunResult, places: StepPlaces): void {
  for (const step of allSteps(view.steps)) {
    const place = places.get(step.path);
    if (step.phase !== 'failed' || place === undefined) continue;
    annotations.say('error', stepDetail(step, 0), { place, title: `step ${step.path} failed` });
  }
}

function annotate(
  { annotations }: CommandContext,
  { view, end }: RunResult,
  line: string,
  namesGates: boolean,
): void {
  const title = `workflowrun ${view.name}`;
  const isGood = end === 'finished' && view.phase === 'succeeded' && view.unmet.length === 0;
  if (!isGood) annotations.say(end === 'waiting' || end === 'left' ? 'warning' : 'error', line, { title });
  else if (namesGates && gatedSteps(view).length > 0) annotations.say('warning', line, { title });
}

function hasRequirement({ object, view }: RunResult): boolean {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  return view.unmet.length > 0 || typeof annotations[requireAnnotation] === 'string';
}
