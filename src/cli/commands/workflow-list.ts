import type { RunSummary } from '../../store/port.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { age, elapsed } from '../render/elapsed.ts';
import { objectText } from '../render/object-output.ts';
import { paintPhase } from '../render/phase-symbol.ts';
import { table } from '../terminal/table.ts';
import { withBackend, type BackendFlags, type Place } from '../with-backend.ts';

export interface WorkflowListFlags extends BackendFlags {
  readonly allNamespaces?: boolean;
  readonly output: 'text' | 'json' | 'yaml';
}

/** The runs there are, the newest first. */
export async function workflowList(flags: WorkflowListFlags, context: CommandContext): Promise<number> {
  const { io, out } = context;
  return withBackend(context, flags, async (place) => {
    // Local runs are few, and most people never name a namespace; a cluster's are looked at as kubectl does.
    const wanted = flags.namespace ?? (place.kind === 'cluster' ? place.namespace : undefined);
    const namespace = flags.allNamespaces === true ? undefined : wanted;
    const runs = await place.list(namespace);
    if (flags.output !== 'text') {
      io.stdout.write(await objectText(runs.map(plainRun), flags.output));
    } else if (runs.length === 0) {
      io.stderr.write(`${nothingThere(place, namespace)}\n`);
    } else {
      const head = ['NAME', 'NAMESPACE', 'PHASE', 'STEPS', 'AGE', 'DURATION'];
      io.stdout.write(table([head, ...runs.map((run) => runRow(run, io.now(), out))]));
    }
    return exitCodes.succeeded;
  });
}

function nothingThere({ kind }: Place, namespace: string | undefined): string {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return kind === 'local'
    ? `There are no runs yet${where}. Start one: sluice run FILE`
    : `There are no runs${where}. Start one: sluice workflow run FILE`;
}

function runRow(run: RunSummary, nowMs: number, style: CommandContext['out']): readonly string[] {
  const { ref, phase, progress } = run;
  return [
    ref.name,
    ref.namespace,
    paintPhase(phase, phase, style),
    `${progress.done}/${progress.total}`,
    age(run.startedAtMs, nowMs),
    elapsed(run.startedAtMs, run.endedAtMs, nowMs),
  ];
}

function plainRun(run: RunSummary): object {
  return {
    name: run.ref.name,
    namespace: run.ref.namespace,
    phase: run.phase,
    finished: run.finished,
    startTime: new Date(run.startedAtMs).toISOString(),
    ...(run.endedAtMs === undefined ? {} : { endTime: new Date(run.endedAtMs).toISOString() }),
    steps: run.progress,
  };
}
