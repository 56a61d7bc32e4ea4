import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { Session } from '../../src/runner/session.ts';
import { servePrometheus } from '../ops/gates/prometheus-server.ts';
import {
  config,
  deployment,
  ending,
  gateRun,
  isZero,
  messageOf,
  objective,
  runGate,
  verdictOf,
  type RunParts,
} from './gate-run.ts';
import { openTestSession, requestFor, type Executed } from './open-test-session.ts';

let session: Session;
beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function run(properties: JsonObject, parts?: RunParts): Promise<Executed> {
  return runGate(session, properties, parts);
}

const timeout = 30_000;

describe('a cluster', { timeout }, () => {
  const apply = {
    name: 'deploy',
    type: 'apply-deployment',
    properties: { image: 'nginx:1.27', cluster: 'test' },
  };
  const subject = { ...deployment, metadata: { name: 'deploy' } };

  test('is asked how the subject does, and for a condition of it', async () => {
    const objectives = [
      { id: 'healthy', value: { findings: { from: 'diagnose' } }, pass: isZero },
      {
        id: 'available',
        value: { external: { ref: 'apps/v1/Deployment/deploy#Available' } },
        pass: { op: '==', value: 1 },
      },
    ];
    const executed = await run({ subject, cluster: 'test', objectives }, { before: [apply] });
    expect([ending(executed), messageOf(executed)]).toEqual(['succeeded pass open', '']);
    const elsewhere = await run({
      subject,
      cluster: 'other',
      objectives: objectives.map((each) => ({ ...each, samples: { errorLimit: 0 } })),
    });
    expect(ending(elsewhere)).toBe('failed/Action fail shut');
    expect(messageOf(elsewhere)).toMatch(/Deployment default\/deploy on cluster other is not there/);
  });

  test('shows what is wrong with it', async () => {
    const broken = { ...apply, timeout: '1s', properties: { ...apply.properties, image: 'invalid' } };
    const objectives = [objective({ findings: { from: 'diagnose', severity: 'high' } })];
    const step = { if: 'always' };
    const executed = await run({ subject, cluster: 'test', objectives }, { before: [broken], step });
    expect(ending(executed)).toBe('failed/Action fail shut');
  });
});

describe('comparison with earlier runs', { timeout }, () => {
  test('is with the newest that passed under the same policy', async () => {
    const own = await openTestSession();
    closers.push(() => own.close());
    const at = async (n: number): Promise<string> => {
      const objectives = [
        {
          id: 'n',
          value: { cue: 'values.n' },
          pass: [
            { of: 'percent', op: '<=', value: 10 },
            { op: '<', value: 1000 },
          ],
          compare: { onNoBaseline: 'absolute' },
        },
      ];
      return ending(await runGate(own, { objectives, values: { n } }));
    };
    expect(await at(100)).toBe('succeeded pass open');
    expect(await at(111)).toBe('failed/Action fail shut');
    // The run that failed is no measure for this one.
    expect(await at(110)).toBe('succeeded pass open');
    expect(await at(121)).toBe('succeeded pass open');
    expect(await at(134)).toBe('failed/Action fail shut');
    const [newest] = await own.verdicts.list({ namespace: 'default', gate: 'check', limit: 1 });
    expect(newest?.verdict.checks[0]?.baseline).toMatchObject({ value: 121 });
  });
});

test('what comes from a Secret is judged, and in no verdict', { timeout }, async () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'door', namespace: 'default' },
    stringData: { code: 'open-sesame-42' },
  };
  const apply = { name: 'make', type: 'apply-object', properties: { value: secret } };
  const read = {
    name: 'look',
    type: 'read-object',
    properties: { apiVersion: 'v1', kind: 'Secret', name: 'door' },
    outputs: [{ name: 'code', valueFrom: 'output.value.data.code', sensitive: true }],
  };
  const executed = await run(
    {
      subject: config,
      objectives: [
        { id: 'a', value: { cue: 'values.code' }, pass: { cue: 'len(value) > 3' } },
        { id: 'b', value: { cue: 'values.code' }, pass: isZero, weight: 1 },
      ],
      total: { pass: 50 },
    },
    {
      name: 'secretive',
      before: [apply, read],
      step: { inputs: [{ from: 'code', parameterKey: 'values.code' }] },
    },
  );
  const encoded = Buffer.from('open-sesame-42').toString('base64');
  const { checks } = await verdictOf(session, executed);
  expect(checks.map(({ id, result }) => `${id} ${result}`)).toEqual(['a pass', 'b missing']);
  const kept = JSON.stringify([
    await session.verdicts.list({ namespace: 'default', run: 'secretive', limit: 9 }),
  ]);
  const { spec: _spec, ...rest } = executed.object;
  for (const text of [
    kept,
    JSON.stringify(rest),
    JSON.stringify(executed.logs),
    JSON.stringify(executed.view),
  ])
    for (const value of ['open-sesame-42', encoded]) expect(text).not.toContain(value);
});

describe('several measurements', { timeout }, () => {
  const metric = { metric: { provider: 'prom', query: 'errors' } };
  const policy = (url: string, samples: JsonObject): JsonObject => ({
    providers: { prom: { address: url } },
    objectives: [objective(metric, { samples })],
  });

  test('are made in their time, and the last one decides like the first', async () => {
    const server = await servePrometheus(['0'], ['0'], ['7']);
    closers.push(() => server.close());
    const executed = await run(policy(server.url, { count: 3, interval: '60ms' }));
    expect(ending(executed)).toBe('failed/Action fail shut');
    expect(messageOf(executed)).toMatch(/1 of 3 measurements failed/);
    expect(server.asked).toHaveLength(3);
  });

  test('errors that do not end are ended by the deadline', async () => {
    const server = await servePrometheus({ status: 503 });
    closers.push(() => server.close());
    const executed = await run({ ...policy(server.url, { errorLimit: 1000 }), deadline: '300ms' });
    expect(ending(executed)).toBe('failed/Action fail shut');
    expect(messageOf(executed)).toMatch(/the deadline of the gate has passed.*answered 503/);
    expect((await verdictOf(session, executed)).decidedBy).toBe('deadline');
  });

  test('a process that stops in between leaves them to the next one, with the same window', async () => {
    const server = await servePrometheus(['0']);
    closers.push(() => server.close());
    const stop = new AbortController();
    const file = gateRun(policy(server.url, { count: 3, interval: '300ms' }), { name: 'interrupted' });
    const prepared = await session.prepare(requestFor([file]));
    const [ready] = prepared.runs;
    if (ready === undefined) throw new Error(JSON.stringify(prepared.faults));
    const observer = {
      onView: (view: Executed['view']) => {
        // Not within the decision that it is told of: the process ends between two of them.
        if (view.steps[0]?.message?.includes('1 of 3') === true) setImmediate(() => stop.abort());
      },
      onLog: () => undefined,
      onNotice: () => undefined,
    };
    const options = { leaveWhenSuspended: false, signal: stop.signal };
    const stopped = await session.execute(ready, observer, options);
    expect(stopped.end).toBe('stopped');
    const silent = { ...observer, onView: () => undefined };
    const signal = new AbortController().signal;
    const resumed = await session.resume(stopped.ref, silent, { leaveWhenSuspended: false, signal });
    expect(resumed?.view.phase).toBe('succeeded');
    expect(server.asked).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = server.asked.map(({ time }) =>
      Math.round(Number(time) * 1000),
    );
    expect([second - first, third - first]).toEqual([300, 600]);
    const [stored] = await session.verdicts.list({ namespace: 'default', run: 'interrupted', limit: 1 });
    expect(stored?.verdict.window).toEqual({
      from: new Date(first).toISOString(),
      to: new Date(first + 600).toISOString(),
    });
  });
});

describe('where somebody can be asked', { timeout }, () => {
  const warm = objective({ cue: 'values.n' }, { warn: { op: '<', value: 5 } });

  /** Runs until the gate waits, does something with its verdict, and resumes it. */
  async function resumed(decide: (own: Session, id: string) => Promise<void>): Promise<string> {
    const own = await openTestSession({ isInteractive: true });
    closers.push(() => own.close());
    const file = gateRun({ objectives: [warm], values: { n: 3 } }, { name: 'asked' });
    const observer = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };
    const options = { leaveWhenSuspended: true, signal: new AbortController().signal };
    const prepared = await own.prepare(requestFor([file]));
    const [ready] = prepared.runs;
    if (ready === undefined) throw new Error(JSON.stringify(prepared.faults));
    const waiting = await own.execute(ready, observer, options);
    expect(waiting.end).toBe('waiting');
    expect(waiting.view.steps[0]?.message).toMatch(/^warn .*sluice gate override asked check /);
    await decide(own, waiting.view.steps[0]?.notes?.verdict?.id ?? '');
    const result = await own.resume(waiting.ref, observer, options);
    if (result === undefined) throw new Error('it was not resumed');
    return ending(result);
  }

  test('a gate that is resumed as it is stays shut', async () => {
    expect(await resumed(async () => undefined)).toBe('failed/Action warn shut');
  });

  test('one that a person has opened by name goes on, with the outcome it had', async () => {
    const override = {
      by: 'ada',
      groups: ['release'],
      reason: 'seen',
      at: new Date().toISOString(),
      expires: new Date(Date.now() + 3_600_000).toISOString(),
      previousOutcome: 'warn',
    } as const;
    const end = await resumed(async (own, id) => void (await own.verdicts.override('default', id, override)));
    expect(end).toBe('succeeded warn open');
  });
});

test(
  'a verdict is about its subject, and a further attempt at the same one says so',
  { timeout },
  async () => {
    const executed = await run({ objectives: [objective({ cue: '0' })] }, { name: 'of-its-own' });
    expect(JSON.stringify(executed.object['status'])).toContain('"gate":"check"');
    expect(await verdictOf(session, executed)).toMatchObject({
      subject: { kind: 'Deployment', name: 'default/web', images: [{ name: 'nginx:1.27' }] },
      attempt: 1,
    });
    const again = await run({ objectives: [objective({ cue: '0' })] }, { name: 'of-its-own' });
    expect(await verdictOf(session, again)).toMatchObject({
      attempt: 2,
      previous: [executed.view.steps[0]?.notes?.verdict?.id],
    });
    const another = await run(
      { subject: config, objectives: [objective({ cue: '0' })] },
      { name: 'of-its-own' },
    );
    expect(await verdictOf(session, another)).toMatchObject({ attempt: 1, previous: [] });
  },
);
