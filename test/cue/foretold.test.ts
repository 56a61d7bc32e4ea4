import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import { readForetold } from '../../src/cue/foretold.ts';
import { openCuePool } from '../../src/cue/open-pool.ts';
import type { CuePool } from '../../src/cue/pool.ts';
import { createCueWorker } from '../../src/cue/cue-worker.ts';
import type { CueRequest } from '../../src/cue/protocol.ts';
import { ops } from '../../src/ops/registry.ts';
import { compileText } from './drive.ts';

const module = new URL('../../cue/cue.wasm.zst', import.meta.url).href;
const worker = createCueWorker({ module, deadlineMs: 2000, idleMs: 60_000, recycleBytes: 1e9 });
const pool = openCuePool();
const asked: CueRequest[] = [];
const watched: CuePool = { ...pool, ask: (request) => (asked.push(request), pool.ask(request)) };
const engine = openCueEngine({ ops, pool: watched });
afterAll(async () => {
  await worker.close();
  await engine.close();
});

const template = `
import ("vela/builtin", "vela/op")
parameter: subject: string
log: op.#Log & {data: {text: parameter.subject, run: context.name}}
show: builtin.#Message & {$params: message: "\\(log.data.text)"}
wait: op.#ConditionalWait & {continue: len(parameter.subject) > 2}
read: op.#Read & {value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "x"}}
`;

async function answerOf(request: string): Promise<string> {
  const answer = await worker.call(request);
  if (answer.kind !== 'answer') throw new Error(answer.why);
  return answer.text;
}

describe('what is foretold is what would be answered', () => {
  test.each([
    ['release', 4], // log, show, wait and read, were it to come back empty
    ['a', 2], // the wait does not hold
  ])('%s', async (subject, count) => {
    const request = { fn: 'next', template, parameter: { subject }, context: { name: 'run' }, results: [] };
    const text = await answerOf(JSON.stringify(request));
    const { answer, later } = readForetold(request as CueRequest, text);
    expect(answer).not.toContain('"after"');
    expect(later).toHaveLength(count);
    for (const { request: next, answer: foretold } of later) {
      // oxlint-disable-next-line no-await-in-loop -- one worker
      const { after: _after, ...now } = JSON.parse(await answerOf(next)) as JsonObject;
      expect(JSON.parse(foretold)).toEqual(now);
    }
  });
});

test('a template is asked with what it reads of its context, an output that names the context with all of it', async () => {
  const compiled = await compileText(engine, template);
  const context = { name: 'run', namespace: 'default', spanID: 'of-this-run' };
  const input = { parameter: { subject: 'release' }, context, recorded: [] };
  const contexts = async (ask: () => Promise<unknown>): Promise<unknown> => {
    asked.length = 0;
    await ask();
    return asked.map((request) => ('context' in request ? request.context : undefined));
  };
  expect(await contexts(() => compiled.template.next(input))).toEqual([{ name: 'run' }]);
  expect(await contexts(() => compiled.template.value(input, 'log.data.run'))).toEqual([{ name: 'run' }]);
  expect(await contexts(() => compiled.template.value(input, 'context.spanID'))).toEqual([context]);
  expect(await compiled.template.value(input, 'context.spanID')).toEqual({ ok: true, value: 'of-this-run' });
});
