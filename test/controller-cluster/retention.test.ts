import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubeApi } from '../cluster/kube-api.ts';
import { Runs } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
let runs: Runs;
let controller: TestController;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  controller = await startTestController(api, { retention: { ttlMs: undefined, historyLimit: 2 } });
});

afterAll(async () => {
  await controller.stop();
  await api.close();
});

const hi = '- {name: a, type: print-message-in-status, properties: {message: hi}}';
const exists = async (name: string): Promise<boolean> =>
  (await api.send('GET', runs.path(name))).status === 200;

test('a finished run goes when its ttl is over; one without a ttl stays', async () => {
  await runs.create('kept', hi);
  await runs.create('short', hi, '{ttl: 1s}');
  await runs.untilFinished('short');
  await expect.poll(() => exists('short'), { timeout: 20_000 }).toBe(false);
  await runs.untilFinished('kept');
  expect(await exists('kept')).toBe(true);
});

test('an unfinished run stays, whatever its ttl', async () => {
  await runs.create('open', '- {name: wait, type: suspend}', '{ttl: 1s}');
  await runs.untilStep('open', 'wait', 'suspending');
  await runs.create('other', hi, '{ttl: 1s}');
  await expect.poll(() => exists('other'), { timeout: 20_000 }).toBe(false);
  expect(await exists('open')).toBe(true);
});

test('of the runs of a group the newest stay', async () => {
  const labels = { labels: { 'pipeline.oam.dev/name': 'group' } };
  for (const name of ['g1', 'g2', 'g3', 'g4']) {
    await runs.create(name, hi, '{}', labels);
    await runs.untilFinished(name);
  }
  const left = async (): Promise<readonly boolean[]> => Promise.all(['g1', 'g2', 'g3', 'g4'].map(exists));
  await expect.poll(left, { timeout: 20_000 }).toEqual([false, false, true, true]);
});
