import { writtenPath } from '../../api/step-path.ts';
import { SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { stopOnSignal } from '../drive/stop-on-signal.ts';
import { logLines, type LogFormat } from '../render/log-lines.ts';
import { allSteps } from '../render/plain-lines.ts';
import { noteLines } from '../render/step-notes.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';
import type { RunView, StepView } from '../../engine/view.ts';
import type { LogRecord } from '../../store/port.ts';

export interface WorkflowLogsFlags extends BackendFlags {
  readonly step?: string;
  readonly follow?: boolean;
  readonly timestamps?: boolean;
  readonly output: LogFormat;
}

/** What the steps of a run said. `--follow` ends when the run ends. */
export async function workflowLogs(
  name: string,
  flags: WorkflowLogsFlags,
  context: CommandContext,
): Promise<number> {
  const { io, out } = context;
  return withBackend(context, flags, async (place) => {
    const ref = await place.find(name, flags.namespace);
    const steps = allSteps((await place.get(ref)).view.steps);
    if (flags.step !== undefined) refuseUnknownStep(flags.step, steps, name);
    const stop = stopOnSignal(io, () => undefined);
    const signal = AbortSignal.any([stop.signal, io.stdout.closed]);
    const follow = flags.follow === true;
    const options = {
      format: flags.output,
      style: out,
      columns: io.stdout.size()?.columns,
      hasTimes: flags.timestamps === true,
    };
    let count = 0;
    try {
      for await (const record of place.logs(ref, { follow, signal })) {
        if (!belongsTo(record.step, flags.step, steps)) continue;
        count += 1;
        io.stdout.write(logLines(record, ref, options));
      }
    } finally {
      stop.release();
    }
    // Programs read them in the status, as numbers.
    const ended = flags.output === 'default' ? (await place.get(ref)).view : undefined;
    for (const record of ended === undefined ? [] : noteRecords(ended)) {
      if (belongsTo(record.step, flags.step, steps)) io.stdout.write(logLines(record, ref, options));
    }
    if (count === 0 && flags.output !== 'json') io.stderr.write(`${nothingSaid(name, flags.step)}\n`);
    const received = stop.received();
    return received === undefined ? exitCodes.succeeded : exitCodes[received];
  });
}

/** What gates and models have to say, as steps themselves would. */
function noteRecords(view: RunView): readonly LogRecord[] {
  return allSteps(view.steps).flatMap((step) => {
    const timeMs = step.endedAtMs ?? step.startedAtMs ?? view.startedAtMs;
    return noteLines(step).map((text) => ({
      step: step.path,
      key: text,
      timeMs,
      kind: 'notice' as const,
      text,
    }));
  });
}

/** A step is meant by its path or its name, and a group with its sub-steps. */
function belongsTo(path: string, wanted: string | undefined, steps: readonly StepView[]): boolean {
  if (wanted === undefined || path === wanted || path.startsWith(`${wanted}/`)) return true;
  if (writtenPath(path) === wanted) return true;
  return steps.some((step) => step.path === path && step.name === wanted);
}

function refuseUnknownStep(wanted: string, steps: readonly StepView[], run: string): void {
  if (steps.some(({ path, name }) => path === wanted || name === wanted)) return;
  throw new SluiceError('invalid', 'NoSuchStep', `there is no step ${wanted} in ${run}`, {
    hint: `Its steps are: ${steps.map(({ path }) => path).join(', ')}`,
  });
}

function nothingSaid(run: string, step: string | undefined): string {
  return step === undefined ? `No step of ${run} logged anything.` : `Step ${step} of ${run} logged nothing.`;
}
