import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubeApi } from '../cluster/kube-api.ts';
import { Provider } from './provider.ts';
import { phases, Runs } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
const leaseDurationMs = 2_000;
let runs: Runs;
let provider: Provider;
const started: TestController[] = [];

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  provider = await Provider.start(() => ({ body: '{}' }));
});

afterAll(async () => {
  await Promise.all(started.map((controller) => controller.stop()));
  provider.close();
  await api.close();
});

async function shard(index: number): Promise<TestController> {
  const controller = await startTestController(api, { shard: { index, count: 2 }, leaseDurationMs });
  started.push(controller);
  return controller;
}

const takenBy = (controller: TestController): readonly string[] =>
  controller.log.flatMap((line) => {
    const { msg, run } = JSON.parse(line) as { msg: string; run?: string };
    return msg === 'run finished' && run !== undefined ? [run] : [];
  });

test('two shards share the runs; a shard whose process has gone is taken over, and given back', async () => {
  const first = await shard(0);
  const second = await shard(1);
  const names = Array.from({ length: 16 }, (_, index) => `shared-${index}`);
  const post = (name: string): string =>
    `- {name: a, type: request, properties: {url: "${provider.url}/${name}", method: POST}}`;
  for (const name of names) await runs.create(name, post(name));
  for (const name of names) expect(phases(await runs.untilFinished(name))).toEqual(['a succeeded']);
  expect(takenBy(first).length + takenBy(second).length).toBe(names.length);
  expect(Math.min(takenBy(first).length, takenBy(second).length)).toBeGreaterThan(0);

  await second.stop();
  const later = names.map((name) => `later-${name}`);
  for (const name of later) await runs.create(name, post(name));
  for (const name of later) expect(phases(await runs.untilFinished(name))).toEqual(['a succeeded']);

  const back = await shard(1);
  const isBack = (): boolean => back.log.some((line) => line.includes('"shard":"1"'));
  await expect.poll(isBack, { timeout: 30_000 }).toBe(true);
  const last = names.map((name) => `last-${name}`);
  for (const name of last) await runs.create(name, post(name));
  for (const name of last) expect(phases(await runs.untilFinished(name))).toEqual(['a succeeded']);
  expect(takenBy(back).length).toBeGreaterThan(0);
  const paths = provider.calls.map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
});
