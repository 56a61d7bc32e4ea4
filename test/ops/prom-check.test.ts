import { afterAll, afterEach, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { OpOutcome } from '../../src/api/op-spec.ts';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { ops } from '../../src/ops/registry.ts';
import { openTestEngine } from '../cue/drive.ts';
import { perform, refresh, testContext, type TestContext } from './context.ts';
import { servePrometheus, type Answer, type PrometheusServer } from './gates/prometheus-server.ts';

const engine = openTestEngine();
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});
afterAll(() => engine.close());

interface World {
  readonly server: PrometheusServer;
  readonly context: TestContext;
  readonly params: JsonObject;
  /** Seconds since the start, as the clock of the op shows them. */
  clock: number;
}

async function worldOf(...answers: readonly Answer[]): Promise<World> {
  const server = await servePrometheus(...answers);
  const http = openHttpClient({ egress: { allowLoopback: true } });
  closers.push(
    () => http.close(),
    () => server.close(),
  );
  const evaluate: TestContext['evaluate'] = (scope, text) => engine.evaluate(scope, text);
  const world: World = {
    server,
    clock: 0,
    params: {
      query: 'sum(up)',
      metricEndpoint: server.url,
      condition: '>=0.95',
      duration: '1m',
      failDuration: '30s',
    },
    context: testContext({ http, others: { evaluate, now: () => world.clock * 1000 } }),
  };
  return world;
}

/** `result`, `failed`, or `-` while neither is so. */
function state(outcome: OpOutcome): string {
  if (outcome.kind === 'error') return `${outcome.class}: ${outcome.message}`;
  const { result, failed } = outcome.result as JsonObject;
  return [result === true ? 'result' : '', failed === true ? 'failed' : ''].join('') || '-';
}

/** Looks at 0 s and then at each of the times, each look answered by the next of the values. */
async function course(values: readonly Answer[], times: readonly number[]): Promise<readonly string[]> {
  const world = await worldOf(...values);
  let outcome = await perform('prom-check', world.params, world.context);
  const states = [state(outcome)];
  for (const time of times) {
    world.clock = time;
    outcome = await refresh('prom-check', outcome, world.context);
    states.push(state(outcome));
  }
  return states;
}

test('it must hold for the whole of duration', async () => {
  expect(await course([['1']], [30, 59, 60])).toEqual(['-', '-', '-', 'result']);
});

test('a break starts the time anew', async () => {
  expect(await course([['1'], ['0.5'], ['1']], [30, 50, 70, 100, 110])).toEqual([
    '-',
    '-',
    '-',
    '-',
    '-',
    'result',
  ]);
});

test('it has failed when it has not held for failDuration', async () => {
  expect(await course([['0.9']], [29, 30])).toEqual(['-', '-', 'failed']);
});

test.each<[string, Answer]>([
  ['a server in trouble', { status: 503 }],
  ['no value', []],
  ['no number', ['NaN']],
])('%s counts against it', async (_what, answer) => {
  expect(await course([['1'], answer], [30, 59, 60])).toEqual(['-', '-', '-', 'failed']);
});

test('what was found stays until the next look is due', async () => {
  const world = await worldOf(['1']);
  const first = await perform('prom-check', world.params, world.context);
  world.clock = 1;
  expect(await refresh('prom-check', first, world.context)).toEqual(first);
  expect(world.server.asked).toHaveLength(1);
});

test('it says what was found', async () => {
  const world = await worldOf(['0.5']);
  const outcome = await perform('prom-check', world.params, world.context);
  expect(outcome).toMatchObject({
    result: { message: 'the value 0.5 does not meet >=0.95 for 0ms of 30s', after: '1.5s' },
  });
  expect(outcome.kind === 'ok' && ops.get('prom-check')?.cueResult?.(outcome.result, 'returns')).toEqual({
    result: false,
    failed: false,
    message: 'the value 0.5 does not meet >=0.95 for 0ms of 30s',
  });
});

test.each<[string, JsonObject, Answer, string]>([
  ['two values', {}, ['1', '2'], 'terminal: the query gives 2 values, not one'],
  ['nobody there', {}, { status: 503 }, 'transient: prometheus: answered 503'],
  ['a query the server refuses', {}, { status: 400 }, 'terminal: prometheus: answered 400'],
  ['a condition that is none', { condition: '=> 1' }, ['1'], 'terminal: condition "=> 1":'],
  ['a condition that gives a number', { condition: '+ 1' }, ['1'], 'it gives no boolean'],
  ['a condition with a name', { condition: '>= limit' }, ['1'], 'terminal: condition ">= limit":'],
  ['a bad duration', { duration: '1d' }, ['1'], 'duration: "1d" is no duration'],
  ['an address that is none', { metricEndpoint: 'prom' }, ['1'], 'terminal: metricEndpoint is no URL'],
])('%s at the first look', async (_what, change, answer, message) => {
  const { params, context } = await worldOf(answer);
  expect(state(await perform('prom-check', { ...params, ...change }, context))).toContain(message);
});
