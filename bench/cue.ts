import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openCueEngine } from '../src/cue/engine.ts';
import { opSpecs } from '../src/ops/registry.ts';
import type { Session } from '../src/runner/session.ts';
import { execute, fileOf, openTestSession } from '../test/session/open-test-session.ts';
import { figure, time, type Figure } from './measure.ts';

const definition = readFileSync(join(import.meta.dirname, 'cue-step.cue'));
const batches = 7;
/** V8 compiles what a run needs of the module in some hundred runs; what a run costs until then has a figure of its own. */
const warmUp = 6;
const runsPerBatch = 60;
const inFlight = 16;

/** Three steps of a CUE definition: an output, an input, and an `if:` that only CUE can tell. */
function run(subject: string): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {generateName: cue-, namespace: default}
spec:
  workflowSpec:
    steps:
      - name: first
        type: announce
        properties: {subject: "${subject}", count: 2, labels: {team: shop, tier: front}}
        outputs: [{name: title, valueFrom: log.data.text}]
      - name: second
        type: announce
        if: status.first.succeeded && len(inputs.title) > 3
        inputs: [{from: title, parameterKey: subject}]
        properties: {labels: {team: shop}}
      - name: third
        type: announce
        properties: {subject: "after ${subject}"}
`;
}

/** What step types in CUE cost: whole runs whose parameters nobody has seen before and runs that repeat, and their parts. */
export async function benchCue(): Promise<readonly Figure[]> {
  const session = await openTestSession();
  const cue = openCueEngine({ ops: opSpecs });
  try {
    await session.applyDefinitions([fileOf('announce.cue', definition)]);
    let nth = 0;
    const first = await runBatches(session, () => run(`first ${(nth += 1)}`), { warmUp: 0, counted: 1 });
    const fresh = await runBatches(session, () => run(`release ${(nth += 1)}`), {
      warmUp,
      counted: batches,
    });
    const same = await runBatches(session, () => run('release'), { warmUp: 1, counted: batches });
    const compiled = await cue.compile({ name: 'announce', source: templateText(), file: 'cue-step.cue' });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
    const input = (text: string) => ({
      parameter: { subject: text },
      context: { name: 'run' },
      recorded: [],
    });
    const scope = (n: number) => ({
      status: { first: { succeeded: true } },
      inputs: { title: `title ${n}` },
    });
    const calls = { batches, callsPerBatch: 40 };
    return [
      figure(`the first ${runsPerBatch} runs, CPU of one`, 'ms', first.cpuMs),
      ...figuresOf('runs of three CUE steps', fresh, ['≤ 10', '≥ 200', '≤ 20']),
      ...figuresOf('the same run again', same, []),
      await time('an if: that needs CUE', 'ms', calls, () =>
        cue.evaluate(scope((nth += 1)), 'status.first.succeeded && len(inputs.title) > 3'),
      ),
      await time('one turn of a template', 'ms', calls, () =>
        compiled.template.next(input(`release ${(nth += 1)}`)),
      ),
    ];
  } finally {
    await cue.close();
    await session.close();
  }
}

function templateText(): string {
  const [imports = '', body = ''] = definition.toString().split(/^"announce": \{[^]*?^\}\ntemplate: \{$/m);
  return imports + body.replace(/\}\s*$/, '');
}

interface Batches {
  readonly cpuMs: number[];
  readonly perSecond: number[];
  readonly stallMs: number[];
}

/** Each number is of one batch; the processor time is of all threads. */
async function runBatches(
  session: Session,
  next: () => string,
  { warmUp: skipped, counted }: { readonly warmUp: number; readonly counted: number },
): Promise<Batches> {
  const result: Batches = { cpuMs: [], perSecond: [], stallMs: [] };
  for (let batch = 0; batch < skipped + counted; batch += 1) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const [begun, cpuBefore] = [performance.now(), process.cpuUsage()];
    let left = runsPerBatch;
    const worker = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const { view } = await execute(session, [fileOf('run.yaml', next())]);
        if (view.steps.some(({ phase }) => phase !== 'succeeded'))
          throw new Error(JSON.stringify(view.steps));
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    const ms = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpuBefore);
    delay.disable();
    if (batch < skipped) continue;
    result.cpuMs.push((user + system) / 1000 / runsPerBatch);
    result.perSecond.push((runsPerBatch * 1000) / ms);
    result.stallMs.push(delay.max / 1e6);
  }
  return result;
}

function figuresOf(
  name: string,
  { cpuMs, perSecond, stallMs }: Batches,
  targets: readonly string[],
): Figure[] {
  return [
    figure(`${name}, CPU of one`, 'ms', cpuMs, targets[0]),
    figure(`${name}, ${inFlight} at a time`, 'runs/s', perSecond, targets[1]),
    figure(`${name}, longest stall of the event loop`, 'ms', stallMs, targets[2]),
  ];
}
