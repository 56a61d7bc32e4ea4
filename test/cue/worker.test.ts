import { spawnSync } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { createCueWorker } from '../../src/cue/cue-worker.ts';
import type { CueWorker, CueWorkerLimits } from '../../src/cue/cue-worker.ts';

const module = new URL('../../cue/cue.wasm.zst', import.meta.url).href;
const limits: CueWorkerLimits = { module, deadlineMs: 2000, idleMs: 60_000, recycleBytes: 1e9 };
const opened: CueWorker[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((worker) => worker.close()));
});

function open(changed: Partial<CueWorkerLimits> = {}): CueWorker {
  const worker = createCueWorker({ ...limits, ...changed });
  opened.push(worker);
  return worker;
}

const evaluate = (expr: string) => JSON.stringify({ fn: 'eval', scope: {}, expr });
const two = { kind: 'answer', text: '{"value":2}' };

test('nothing is started before the first call', async () => {
  const worker = open();
  expect(worker.isRunning()).toBe(false);
  expect(await worker.call(evaluate('1+1'))).toEqual(two);
  expect(worker.isRunning()).toBe(true);
});

test('an idle worker is released, and the next call starts another', async () => {
  const worker = open({ idleMs: 5 });
  expect(await worker.call(evaluate('1+1'))).toEqual(two);
  await expect.poll(() => worker.isRunning()).toBe(false);
  expect(await worker.call(evaluate('1+1'))).toEqual(two);
});

test('a warmed worker that gets no call is released, too', async () => {
  const worker = open({ idleMs: 5 });
  await worker.warm();
  await expect.poll(() => worker.isRunning()).toBe(false);
});

test('a worker whose memory has grown is replaced', async () => {
  const worker = open({ recycleBytes: 1 });
  expect(await worker.call(evaluate('1+1'))).toEqual(two);
  expect(worker.isRunning()).toBe(false);
  expect(await Promise.all([worker.call(evaluate('1+1')), worker.call(evaluate('1+1'))])).toEqual([two, two]);
});

test('answers come in the order of their calls, many at once', async () => {
  const worker = open();
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  const answers = await Promise.all(numbers.map((n) => worker.call(evaluate(`${n}`))));
  expect(answers).toEqual(numbers.map((n) => ({ kind: 'answer', text: `{"value":${n}}` })));
  expect(worker.load()).toBe(0);
});

test('a missing artifact is said so, to every call', async () => {
  const worker = open({ module: new URL('nowhere.zst', import.meta.url).href });
  const calls = await Promise.allSettled([
    worker.call(evaluate('1')),
    worker.call(evaluate('2')),
    worker.warm(),
  ]);
  for (const call of calls) {
    expect(call).toMatchObject({
      status: 'rejected',
      reason: { code: 'CueEngineUnavailable', kind: 'environment' },
    });
  }
});

test('calls under way when it is closed are told, and so are later ones', async () => {
  const worker = open();
  const call = worker.call(evaluate('[for x in list.Range(0, 100000, 1) {"\\(x)": x}]'));
  const refused = expect(call).rejects.toMatchObject({ code: 'CueEngineClosed' });
  await worker.close();
  await refused;
  await expect(worker.call(evaluate('1'))).rejects.toMatchObject({ code: 'CueEngineClosed' });
});

test('a process with an idle worker ends by itself, and one with a call under way waits for it', () => {
  const script = `
    import { openCueEngine } from ${JSON.stringify(new URL('../../src/cue/engine.ts', import.meta.url).href)};
    const engine = openCueEngine({ ops: new Map(), idleMs: 600000 });
    engine.evaluate({}, '1 + 1').then((evaluated) => console.log(JSON.stringify(evaluated)));`;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 15_000,
  });
  expect(child.stdout).toBe('{"ok":true,"value":2}\n');
  expect(child.stderr).toBe('');
  expect(child.status).toBe(0);
});
