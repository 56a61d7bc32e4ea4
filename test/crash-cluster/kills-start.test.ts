import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { Bench } from './bench.ts';
import { Trap } from './kill-points.ts';
import { choose, pick, randomOf, seed } from './options.ts';
import type { Call } from './proxy/call.ts';
import { killMoments, type KillMoment } from './proxy/fault.ts';
import { Tally } from './tally.ts';
import { workflowNamed } from './workflows.ts';

/** More writes than a controller makes before the first one of a run. */
const mostWrites = 20;

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

describe(`kill -9 around every write of a start (seed ${seed})`, () => {
  test('the Lease, and the revisions of step types', { timeout: 600_000 }, async () => {
    const tally = new Tally();
    const random = randomOf('start');
    const points = killMoments.flatMap((moment) =>
      Array.from({ length: mostWrites }, (_, i) => ({ moment, n: i + 1 })),
    );
    const past = new Set<KillMoment>();
    for (const { moment, n } of choose(
      pick(
        points.filter((point) => point.n <= 4),
        4,
        random,
      ),
      points,
    )) {
      if (past.has(moment)) continue;
      const name = `start-${moment}-${n}`;
      try {
        if (!(await startCase(tally, name, moment, n))) past.add(moment);
      } catch (error) {
        tally.fail(name, String(error));
        await bench.startAfresh(name);
      }
    }
    tally.report(1, 'start');
    expect(tally.wrong.length, tally.wrong.join('\n')).toBe(0);
  });
});

/** False when the controller made less than `n` writes before the run's first. */
async function startCase(tally: Tally, name: string, moment: KillMoment, n: number): Promise<boolean> {
  await bench.controller?.stop();
  await bench.freeLease();
  await removeRevisions();
  const workflow = workflowNamed('models');
  const sinceMs = performance.now();
  const one = await bench.create(workflow, name);
  const trap = Trap.atWrite(bench, { moment, n }, isOfStart(name));
  await bench.startController();
  await bench.until(`the end or the death of ${name}`, () => trap.killedMs ?? bench.finished(name));
  trap.takeAway();
  if (trap.killedMs !== undefined) await bench.replaceKilled(trap.killedMs);
  await bench.untilEnded(name);
  tally.add(name, await bench.judge(name, one, sinceMs), { kills: trap.killedMs === undefined ? 0 : 1 });
  await bench.remove(name);
  return trap.killedMs !== undefined;
}

function isOfStart(run: string): (call: Call) => boolean {
  let isOver = false;
  return (call) => {
    isOver ||= call.kind === 'status' && call.name === run;
    return call.isWrite && !isOver;
  };
}

async function removeRevisions(): Promise<void> {
  const path = `/api/v1/namespaces/${bench.leaseNamespace}/configmaps`;
  const { items } = await bench.api.do('GET', path);
  for (const { metadata } of items as unknown as KubeObject[])
    if (metadata.name?.startsWith('sluice-revision-') === true)
      await bench.api.send('DELETE', `${path}/${metadata.name}`);
}
