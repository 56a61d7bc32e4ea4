import { afterEach, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { OpOutcome } from '../../../src/api/op-spec.ts';
import { openHttpClient } from '../../../src/net/open-http-client.ts';
import type { OpContext } from '../../../src/ops/op.ts';
import { openMemoryVerdictStore } from '../../../src/store/memory/verdicts.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { perform, refresh, testContext, type TestContext } from '../context.ts';
import { servePrometheus, type Answer, type PrometheusServer } from './prometheus-server.ts';

const startMs = Date.parse('2026-01-31T12:00:00Z');
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface World {
  readonly server: PrometheusServer;
  readonly context: TestContext;
  /** Milliseconds since the start, as the clock of the ops shows them. */
  clock: number;
  policy(samples: JsonObject, rest?: JsonObject): JsonObject;
}

async function worldOf(answers: readonly Answer[], others: Partial<OpContext> = {}): Promise<World> {
  const server = await servePrometheus(...answers);
  const http = openHttpClient({ egress: { allowLoopback: true } });
  closers.push(
    () => http.close(),
    () => server.close(),
  );
  const cluster = fakeCluster();
  const metadata = { name: 'prom', namespace: 'team' };
  cluster.seed({ apiVersion: 'v1', kind: 'Secret', metadata, stringData: { key: 'tok-12345' } });
  const world: World = {
    server,
    clock: 0,
    context: testContext({
      http,
      clusters: { '': cluster },
      others: { now: () => startMs + world.clock, ...others },
    }),
    policy: (samples, rest = {}) => ({
      subject: 'web',
      providers: { prom: { address: server.url, token: { secretRef: { name: 'prom', key: 'key' } } } },
      objectives: [
        {
          id: 'errors',
          value: { metric: { provider: 'prom', query: 'sum(errors)' } },
          pass: { op: '<=', value: 10 },
          samples,
        },
      ],
      ...rest,
    }),
  };
  return world;
}

/** As the journal keeps it. */
function stored(outcome: OpOutcome): OpOutcome {
  return JSON.parse(JSON.stringify(outcome)) as OpOutcome;
}

function resultOf(outcome: OpOutcome): JsonObject {
  if (outcome.kind !== 'ok') throw new Error(outcome.message);
  return outcome.result as JsonObject;
}

function samplesOf(outcome: OpOutcome): readonly JsonObject[] {
  const objectives = resultOf(outcome)['objectives'] as { errors: { samples: readonly JsonObject[] } };
  return objectives.errors.samples;
}

function timesOf({ server }: World): readonly number[] {
  return server.asked.map(({ time }) => Math.round(Number(time) * 1000) - startMs);
}

async function measure(world: World, samples: JsonObject, rest?: JsonObject): Promise<OpOutcome> {
  return stored(await perform('measure', { policy: world.policy(samples, rest) }, world.context));
}

async function later(world: World, clock: number, outcome: OpOutcome): Promise<OpOutcome> {
  world.clock = clock;
  return stored(await refresh('measure', outcome, world.context));
}

const three = { count: 3, interval: '30s' };

describe('what is measured, and when', () => {
  test('one measurement is made at once, for the time at which the gate began', async () => {
    const world = await worldOf([['3']]);
    const outcome = await measure(world, {});
    expect(resultOf(outcome)).toMatchObject({ startedMs: startMs, done: true, errors: [] });
    expect(resultOf(outcome)['window']).toEqual({ fromMs: startMs, toMs: startMs });
    expect(samplesOf(outcome)).toEqual([{ atMs: startMs, values: ['3'] }]);
    expect(world.server.asked).toMatchObject([{ path: '/api/v1/query', query: 'sum(errors)' }]);
    expect(timesOf(world)).toEqual([0]);
  });

  test('several are made as they are due, and the window stays', async () => {
    const world = await worldOf([['1'], ['2'], ['3']]);
    const first = await measure(world, { ...three, initialDelay: '10s' });
    expect(resultOf(first)).toMatchObject({ done: false, after: '10000ms' });
    expect(samplesOf(first)).toEqual([]);
    const second = await later(world, 10_000, first);
    expect(resultOf(second)).toMatchObject({ done: false, after: '30000ms' });
    const fourth = await later(world, 70_000, await later(world, 40_000, second));
    expect(resultOf(fourth)).toMatchObject({ done: true });
    expect(samplesOf(fourth).map(({ values }) => values)).toEqual([['1'], ['2'], ['3']]);
    expect(timesOf(world)).toEqual([10_000, 40_000, 70_000]);
    const window = { fromMs: startMs, toMs: startMs + 70_000 };
    for (const each of [first, second, fourth]) expect(resultOf(each)['window']).toEqual(window);
  });

  test('what was read is the same until there is something new, so that the wait waits', async () => {
    const world = await worldOf([['1']]);
    const first = await measure(world, three);
    expect(await later(world, 14_000, first)).toEqual(first);
    expect(world.server.asked).toHaveLength(1);
  });

  test('a timer that was early does not cost a whole interval', async () => {
    const world = await worldOf([['1']]);
    const early = await later(world, 29_999, await measure(world, three));
    expect(resultOf(early)).toMatchObject({ done: false, after: '1ms' });
    expect(await later(world, 29_999, early)).toEqual(early);
  });

  test('a process that takes over late makes up for what was missed, for the times that were planned', async () => {
    const world = await worldOf([['1'], ['2'], ['3']]);
    const first = await measure(world, three);
    const late = await later(world, 300_000, first);
    expect(resultOf(late)).toMatchObject({ done: true, startedMs: startMs });
    expect(timesOf(world)).toEqual([0, 30_000, 60_000]);
  });

  test('it ends as soon as nothing can change any more', async () => {
    const failing = await worldOf([['99']]);
    expect(resultOf(await measure(failing, three))['done']).toBe(true);
    const good = await worldOf([['1']]);
    const streak = await later(
      good,
      30_000,
      await measure(good, { count: 9, interval: '30s', consecutiveSuccess: 2 }),
    );
    expect(resultOf(streak)['done']).toBe(true);
    expect(good.server.asked).toHaveLength(2);
  });

  test('whether more has to be measured depends on the earlier run that it is compared with', async () => {
    const world = await worldOf([['100']], { verdicts: openMemoryVerdictStore(10) });
    const samples = { count: 3, interval: '30s', failureLimit: 1, consecutiveSuccess: 1 };
    const [objective] = world.policy(samples)['objectives'] as readonly JsonObject[];
    const pass = [
      { of: 'percent', op: '<=', value: 10 },
      { op: '<', value: 1000 },
    ];
    const compared = { ...objective, pass, compare: { onNoBaseline: 'absolute' } };
    const policy = world.policy(samples, { objectives: [compared] });
    const first = await perform('measure', { policy }, world.context);
    expect(resultOf(first)['done']).toBe(true);
    await perform('verdict', { policy, measured: resultOf(first) }, world.context);

    world.clock = 60_000;
    world.server.answer(['150'], ['105']);
    const second = await perform('measure', { policy }, world.context);
    expect(resultOf(second)).toMatchObject({ done: false, baselines: { errors: 100 } });
    expect(resultOf(await later(world, 90_000, second))['done']).toBe(true);
  });

  test('a range looks back from the time of the measurement, and is part of the window', async () => {
    const world = await worldOf([]);
    const metric = { provider: 'prom', query: 'errors', range: '4m', aggregate: 'p95' };
    const objectives = [{ id: 'errors', value: { metric }, pass: { op: '<', value: 1 } }];
    const outcome = await measure(world, {}, { objectives });
    expect(world.server.asked).toMatchObject([{ path: '/api/v1/query_range', query: 'errors' }]);
    expect(timesOf(world)).toEqual([0]);
    expect(resultOf(outcome)['window']).toEqual({ fromMs: startMs - 240_000, toMs: startMs });
  });

  test('many series that become one value are kept as that', async () => {
    const world = await worldOf([Array.from({ length: 500 }, (_, index) => String(index))]);
    const metric = { provider: 'prom', query: 'errors', aggregate: 'max' };
    const objectives = [{ id: 'errors', value: { metric }, pass: { op: '<', value: 1000 } }];
    expect(samplesOf(await measure(world, {}, { objectives }))).toMatchObject([{ values: [499] }]);
    const other = await worldOf([[...Array.from({ length: 500 }, () => '1'), 'NaN']]);
    const [sample] = samplesOf(await measure(other, {}, { objectives }));
    const values = (sample ?? {})['values'] as readonly Json[];
    expect(values).toHaveLength(100);
    expect(values).toContain('NaN');
  });
});

describe('errors', () => {
  const down = { status: 503, body: 'try later' };

  test('one that may pass is met again after growing waits, and ends at its limit', async () => {
    const world = await worldOf([down]);
    let outcome = await measure(world, { errorLimit: 2 });
    const waits = [resultOf(outcome)['after']];
    for (const clock of [1000, 3000]) {
      outcome = await later(world, clock, outcome);
      waits.push(resultOf(outcome)['after']);
    }
    expect(waits.slice(0, 2)).toEqual(['1000ms', '2000ms']);
    expect(resultOf(outcome)).toMatchObject({
      done: true,
      errors: ['errors: prom: answered 503: try later (query sum(errors))'],
    });
    expect(world.server.asked).toHaveLength(3);
  });

  test('one that passes uses up none of the measurements', async () => {
    const world = await worldOf([down, ['1']]);
    const outcome = await later(world, 1000, await measure(world, {}));
    expect(samplesOf(outcome)).toMatchObject([{ error: expect.any(String) as string }, { values: ['1'] }]);
    expect(resultOf(outcome)).toMatchObject({ done: true, errors: [] });
  });

  test.each([400, 401, 403, 404])('%s will not pass, and is asked once', async (status) => {
    const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error: "sum("' });
    const world = await worldOf([{ status, body }]);
    const outcome = await measure(world, {});
    expect(resultOf(outcome)).toMatchObject({
      done: true,
      errors: [`errors: prom: answered ${status}: bad_data: parse error: "sum(" (query sum(errors))`],
    });
    expect(world.server.asked).toHaveLength(1);
  });

  test('nobody there', async () => {
    const world = await worldOf([]);
    await world.server.close();
    const outcome = await measure(world, { errorLimit: 0 });
    expect(resultOf(outcome)).toMatchObject({ done: true });
    expect(String((resultOf(outcome)['errors'] as readonly string[])[0])).toMatch(
      /^errors: prom: .*\(query sum/,
    );
  });

  test('the deadline ends it, and no wait goes past it', async () => {
    const world = await worldOf([down]);
    const first = await measure(world, { errorLimit: 1000 }, { deadline: '1500ms' });
    expect(resultOf(first)).toMatchObject({ done: false, after: '1000ms' });
    const second = await later(world, 1000, first);
    expect(resultOf(second)).toMatchObject({ done: false, after: '500ms' });
    expect(resultOf(await later(world, 1500, second))).toMatchObject({ done: true });
    expect(world.server.asked).toHaveLength(2);
  });

  test('a clock that has gone back ends it', async () => {
    const world = await worldOf([['1']]);
    const first = await measure(world, three);
    expect(resultOf(await later(world, -1, first))).toMatchObject({ done: true });
    expect(world.server.asked).toHaveLength(1);
  });
});

describe('credentials', () => {
  test('the token is read for each query and is in no result', async () => {
    const world = await worldOf([['1']]);
    const outcome = await measure(world, {});
    expect(world.server.asked[0]?.authorization).toBe('Bearer tok-12345');
    expect(JSON.stringify(outcome)).not.toContain('tok-12345');
    expect(world.context.secrets).toContain('tok-12345');
  });

  test('one that an answer repeats is masked', async () => {
    const world = await worldOf([{ status: 401, body: 'no access for tok-12345' }]);
    const text = JSON.stringify(await measure(world, {}));
    expect(text).toContain('no access for ***');
    expect(text).not.toContain('tok-12345');
  });

  test('a Secret that is not there is an error that says so, and asks nothing', async () => {
    const world = await worldOf([['1']]);
    const token = { secretRef: { name: 'none', key: 'key' } };
    const outcome = await measure(world, {}, { providers: { prom: { address: world.server.url, token } } });
    expect(resultOf(outcome)['errors']).toEqual([
      'errors: prom: Secret team/none not found (query sum(errors))',
    ]);
    expect(world.server.asked).toEqual([]);
  });
});

test.each<readonly [string, JsonObject]>([
  ['a policy that cannot be used', { objectives: [{ id: 'errors', value: {} }] }],
  ['a subject that is none', { subject: {} }],
])('nothing is asked in the name of %s', async (_name, rest) => {
  const world = await worldOf([['1']]);
  expect(resultOf(await measure(world, {}, rest))).toMatchObject({ done: true, objectives: {} });
  expect(world.server.asked).toEqual([]);
});
