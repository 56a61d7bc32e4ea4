import { afterAll, expect, test } from 'vitest';
import type { Json } from '../../src/api/json.ts';
import { compileText, drive, openTestEngine } from './drive.ts';

// Ops run in the order of the text. CUE alone would have what an `if` or a `for` brings before all that stands above it.
const engine = openTestEngine();
afterAll(() => engine.close());

const imports = 'import "vela/op"\n';
const post = (path: string) => `op.#HTTPPost & {url: "${path}"}`;
const ok: Json = { response: { statusCode: 200, body: '', header: {}, trailer: {} } };

test.each<[name: string, text: string, results: Record<string, Json>, transcript: readonly string[]]>([
  [
    'an approval is asked for before what an `if` below it does',
    `ask: op.#Suspend & {}\nif parameter.wanted {\n\tdone: ${post('/done')}\n}\nlater: ${post('/later')}`,
    { done: ok, later: ok },
    ['suspend ask', 'http done', 'http later', 'done'],
  ],
  [
    'also where the `if` is about a result',
    `first: ${post('/first')}\nask: op.#Suspend & {}\nif first.response.statusCode == 200 {\n\tdone: ${post('/done')}\n}`,
    { first: ok, done: ok },
    ['http first', 'suspend ask', 'http done', 'done'],
  ],
  [
    'a `for` stands where it stands, and inside of a field, too',
    `all: {\n\task: op.#Suspend & {}\n\tfor n in ["z", "a"] {\n\t\t"\\(n)-done": ${post('/n')}\n\t}\n\tlater: op.#Log & {data: 1}\n}`,
    { 'all."z-done"': ok, 'all."a-done"': ok },
    ['suspend all.ask', 'http all."z-done"', 'http all."a-done"', 'log all.later 1', 'done'],
  ],
  [
    'what a wait looks at is done first, wherever it stands',
    `ready: op.#ConditionalWait & {continue: done.response.statusCode == 200}\ndone: ${post('/done')}`,
    { done: ok },
    ['http done', 'wait ready true <- done', 'done'],
  ],
  [
    'a failure for which there is reason does not wait',
    `first: ${post('/first')}\nready: op.#ConditionalWait & {continue: false}\nif first.response.statusCode == 200 {\n\tstop: op.#Fail & {message: "enough"}\n}`,
    { first: ok },
    ['http first', 'fail stop "enough"'],
  ],
  [
    'one for which there is none in particular does',
    `ready: op.#ConditionalWait & {continue: false}\nstop: op.#Fail & {message: "in the end"}`,
    {},
    ['wait ready false'],
  ],
])('%s', async (_name, text, results, transcript) => {
  const { template } = await compileText(engine, `${imports}parameter: wanted: bool\n${text}\n`);
  expect((await drive(template, { wanted: true }, results)).transcript).toEqual(transcript);
});
