import type { RunSummary } from '../../store/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { refuseCluster } from '../place.ts';
import { age, elapsed } from '../render/elapsed.ts';
import { objectText } from '../render/object-output.ts';
import { paintPhase } from '../render/phase-symbol.ts';
import { table } from '../terminal/table.ts';
import { withSession } from '../with-session.ts';

export interface WorkflowListFlags extends SessionFlags {
  readonly namespace?: string;
  readonly output: 'text' | 'json' | 'yaml';
}

/** The stored runs, the newest first. */
export async function workflowList(flags: WorkflowListFlags, context: CommandContext): Promise<number> {
  const { io, out } = context;
  await refuseCluster(context, flags);
  return withSession(context, flags, async (session) => {
    const all = await session.list();
    const { namespace } = flags;
    const runs = namespace === undefined ? all : all.filter(({ ref }) => ref.namespace === namespace);
    if (flags.output !== 'text') {
      io.stdout.write(await objectText(runs.map(plainRun), flags.output));
    } else if (runs.length === 0) {
      io.stderr.write('There are no runs yet. Start one: sluice run FILE\n');
    } else {
      const head = ['NAME', 'NAMESPACE', 'PHASE', 'STEPS', 'AGE', 'DURATION'];
      io.stdout.write(table([head, ...runs.map((run) => runRow(run, io.now(), out))]));
    }
    return exitCodes.succeeded;
  });
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
