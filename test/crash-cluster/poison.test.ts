import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { Bench } from './bench.ts';
import { choose, report } from './options.ts';
import { describeRun, isFinished, phaseOf, statusOf } from './run-status.ts';

/** Runs that do what they should, and get to it whatever stands beside them. */
const count = choose(100, 1000);

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

const states: Readonly<Record<string, string>> = {
  'no-json': '{"schema":1,',
  'no-object': '"a text"',
  'no-steps': '{"schema":1,"nonce":"a","phase":"executing","startedAtMs":1,"suspended":false,"commandSeq":0}',
  newer: '{"schema":99}',
  'other-steps':
    '{"schema":1,"nonce":"a","phase":"executing","startedAtMs":1,"suspended":false,"commandSeq":0,"outputs":{},"steps":{"__proto__":{},"nope":{"stage":{"kind":"op"}}}}',
};

describe('poison among many runs', () => {
  test(`${count} others end`, { timeout: 900_000 }, async () => {
    const begunMs = performance.now();
    // All before the controller starts: it finds them together.
    const others = Array.from({ length: count }, (_, i) => `plain-${i}`);
    await inBatches(others, (name) =>
      create(name, [
        {
          name: 'put',
          type: 'request',
          properties: { url: `${bench.provider.url}/${name}/put`, method: 'PUT' },
        },
      ]),
    );
    for (const [name, state] of Object.entries(states)) await poisoned(`poison-${name}`, state);
    await create('poison-cue', [
      {
        name: 'a',
        type: 'request',
        if: 'strings.Repeat("a", 3000000000) == "a"',
        properties: { url: bench.provider.url },
      },
    ]);
    await create('poison-loop', [
      {
        name: 'a',
        type: 'suspend',
        properties: { duration: '1ms' },
        if: 'len([for a in [0,1,2,3,4,5,6,7,8,9] for b in [0,1,2,3,4,5,6,7,8,9] for c in [0,1,2,3,4,5,6,7,8,9] for d in [0,1,2,3,4,5,6,7,8,9] for e in [0,1,2,3,4,5,6,7,8,9] for f in [0,1,2,3,4,5,6,7,8,9] for g in [0,1,2,3,4,5,6,7,8,9] {a}]) > 1',
      },
    ]);
    await create(
      'poison-long',
      Array.from({ length: 1000 }, (_, i) => ({
        name: `s${i}`,
        type: 'print-message-in-status',
        properties: { message: 'x' },
      })),
    );
    const poison = [...Object.keys(states), 'cue', 'loop', 'long'].map((name) => `poison-${name}`);
    await bench.startController();

    for (const name of others) {
      const run = await bench.untilEnded(name);
      expect(phaseOf(run), describeRun(run)).toBe('succeeded');
    }
    const othersMs = performance.now() - begunMs;
    for (const name of poison) await bench.until(`${name} to be told of`, () => told(bench.runs.get(name)));
    const ends = poison.map(
      (name) => `${name.slice('poison-'.length)} ${phaseOf(bench.runs.get(name) ?? nothing)}`,
    );
    await bench.quiet();
    const effects = others.map((name) => bench.provider.callsOf(name).length);
    report({
      row: 14,
      name: `${count} and ${poison.length}`,
      cases: count + poison.length,
      lost: effects.filter((n) => n === 0).length,
      doubled: effects.filter((n) => n > 1).length,
      notes: `others ended after ${(othersMs / 1000).toFixed(0)} s; ${ends.join(', ')}`,
    });
    expect(effects.every((n) => n === 1)).toBe(true);
    expect(bench.controller?.ended).toBeUndefined();
    // A run that nobody can drive costs nothing: the controller does not come back to it again and again.
    const sinceMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const busy = bench.callsSince(sinceMs).filter((call) => poison.includes(call.name));
    expect(busy.length).toBeLessThan(20);
  });
});

const nothing = { kind: 'WorkflowRun', metadata: {} } as unknown as KubeObject;

/** Whether a person can see what became of it: it has ended, or a condition or message says why it does not. */
function told(run: KubeObject | undefined): true | undefined {
  if (run === undefined) return undefined;
  if (isFinished(run)) return true;
  const { message = '', conditions = [] } = statusOf(run);
  return message !== '' || conditions.some((condition) => condition.message !== '') || undefined;
}

async function create(name: string, steps: readonly object[]): Promise<void> {
  const path = `/apis/core.oam.dev/v1alpha1/namespaces/${bench.namespace}/workflowruns`;
  await bench.api.do('POST', path, {
    kind: 'WorkflowRun',
    apiVersion: 'core.oam.dev/v1alpha1',
    metadata: { name },
    spec: { workflowSpec: { steps } },
  });
}

/** A run whose status somebody wrote by hand. */
async function poisoned(name: string, state: string): Promise<void> {
  await create(name, [
    { name: 'put', type: 'request', properties: { url: `${bench.provider.url}/${name}/put`, method: 'PUT' } },
  ]);
  const path = `/apis/core.oam.dev/v1alpha1/namespaces/${bench.namespace}/workflowruns/${name}/status`;
  await bench.api.do('PATCH', path, {
    status: {
      status: 'executing',
      mode: { steps: 'StepByStep', subSteps: 'DAG' },
      suspend: false,
      terminated: false,
      finished: false,
      sluice: { schema: 1, write: 'byhand', specDigest: 'none', stepTypes: { request: 'none' }, state },
    },
  });
}

async function inBatches(names: readonly string[], act: (name: string) => Promise<void>): Promise<void> {
  for (let i = 0; i < names.length; i += 20) await Promise.all(names.slice(i, i + 20).map(act));
}
