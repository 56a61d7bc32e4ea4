import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SecretMask } from '../../../src/api/secret-mask.ts';
import type { ModelEndpoint } from '../../../src/llm/endpoint.ts';
import { parseRecording } from '../../../src/llm/traffic/exchange-record.ts';
import { openRecorder } from '../../../src/llm/traffic/recorder.ts';
import { readRecording, recordingFile } from '../../../src/llm/traffic/recording-file.ts';
import { openReplayer } from '../../../src/llm/traffic/replayer.ts';
import type { HttpClient } from '../../../src/net/http-client.ts';
import { openHttpClient } from '../../../src/net/open-http-client.ts';
import {
  calm,
  chunk,
  openTestClient,
  question,
  refuses,
  says,
  serveModel,
  streams,
  usageChunk,
  type ModelServer,
  type Reply,
} from '../model-server.ts';

const closers: (() => Promise<void>)[] = [];
let directory = '';
let path = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-traffic-'));
  path = join(directory, 'model.jsonl');
});

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  await rm(directory, { recursive: true });
});

async function serve(...replies: readonly Reply[]): Promise<ModelServer> {
  const server = await serveModel(...replies);
  closers.push(() => server.close());
  return server;
}

const known = new SecretMask();
known.add('hunter2-canary');
const mask = (text: string): string => known.mask(text);

function recording(): HttpClient {
  const http = openHttpClient({ egress: { allowLoopback: true } });
  const recorder = openRecorder({ http, append: recordingFile(path), mask });
  closers.push(() => recorder.close());
  return recorder;
}

async function replaying(): Promise<HttpClient> {
  return openReplayer((await readRecording(path)).records, mask);
}

function clientOver(http: HttpClient, endpoint: ModelEndpoint) {
  return openTestClient({ endpoint, http }).client;
}

/** An address where nobody is. */
const nowhere: ModelEndpoint = { kind: 'openai', baseUrl: 'http://127.0.0.1:9/v1' };
const options = { signal: calm() };

describe('a recording', () => {
  test('answers as the server did, elsewhere and without a key', async () => {
    const server = await serve(
      refuses(429, {}, { 'retry-after': '3' }),
      says('yes'),
      refuses(404, 'no such model'),
    );
    const credential = { key: 'sk-live-0123456789abcdef', hosts: [`127.0.0.1:${server.port}`] };
    const client = clientOver(recording(), { ...server.endpoint, credential });
    const first = await client.ask(question, options);
    await expect(client.ask({ ...question, model: 'other' }, options)).rejects.toMatchObject({
      code: 'ModelUnknown',
    });

    const again = openTestClient({ endpoint: nowhere, http: await replaying() });
    expect(await again.client.ask(question, options)).toEqual(first);
    expect(again.pauses).toEqual([3000]);
    const other = again.client.ask({ ...question, model: 'other' }, options);
    await expect(other).rejects.toMatchObject({ code: 'ModelUnknown' });
    expect(server.asked).toHaveLength(3);
  });

  test('holds streams', async () => {
    const server = await serve(streams(chunk('it '), chunk('is', 'stop'), usageChunk, 'data: [DONE]\n\n'));
    const first = await clientOver(recording(), server.endpoint).ask(question, {
      ...options,
      onDelta: () => undefined,
    });
    const deltas: string[] = [];
    const again = clientOver(await replaying(), nowhere);
    expect(await again.ask(question, { ...options, onDelta: (text) => deltas.push(text) })).toEqual(first);
    expect(deltas).toEqual(['it ', 'is']);
  });

  test('holds a stream that the server never closes', async () => {
    const server = await serve((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`${chunk('it is', 'stop')}data: [DONE]\n\n`);
    });
    const streamed = { ...options, onDelta: () => undefined };
    const first = await clientOver(recording(), server.endpoint).ask(question, streamed);
    expect(await clientOver(await replaying(), nowhere).ask(question, streamed)).toEqual(first);
  });

  test('tells evidence apart by its digests, and leaves them in answers', async () => {
    const [one, two] = ['a'.repeat(64), 'b'.repeat(64)];
    const server = await serve(says(`api-gateway-server runs ${one}`), says(`and ${two}`));
    const client = clientOver(recording(), server.endpoint);
    const about = (content: string) => ({ ...question, messages: [{ role: 'user', content }] as const });
    const first = await client.ask(about(one), options);
    await client.ask(about(two), options);
    const again = clientOver(await replaying(), nowhere);
    expect(await again.ask(about(two), options)).toMatchObject({ text: `and ${two}` });
    expect(await again.ask(about(one), options)).toEqual(first);
  });

  test('holds faults of the transport', async () => {
    const server = await serve((response) => response.destroy(), says('yes'));
    await clientOver(recording(), server.endpoint).ask(question, options);
    expect(await clientOver(await replaying(), nowhere).ask(question, options)).toMatchObject({
      text: 'yes',
      attempts: 2,
    });
  });

  test('is answered in the order in which it was asked, and no more often', async () => {
    const server = await serve(says('one'), says('two'));
    const client = clientOver(recording(), server.endpoint);
    await client.ask(question, options);
    await client.ask(question, options);
    const again = clientOver(await replaying(), nowhere);
    expect(await again.ask(question, options)).toMatchObject({ text: 'one' });
    expect(await again.ask(question, options)).toMatchObject({ text: 'two' });
    await expect(again.ask(question, options)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'NotRecorded',
    });
  });

  test('knows only what was asked', async () => {
    const server = await serve(says('yes'));
    await clientOver(recording(), server.endpoint).ask(question, options);
    const again = clientOver(await replaying(), nowhere);
    await expect(again.ask({ ...question, temperature: 1 }, options)).rejects.toMatchObject({
      code: 'NotRecorded',
    });
  });

  test('leaves out what the caller gave up', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const asked = clientOver(recording(), server.endpoint).ask(question, { signal: controller.signal });
    await expect(asked).rejects.toMatchObject({ code: 'Aborted' });
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('holds whole lines, however many calls there are at once', async () => {
    const server = await serve((response, { body }) =>
      says(String(body['seed']))(response, { url: '', headers: {}, body }),
    );
    const client = clientOver(recording(), server.endpoint);
    const seeds = Array.from({ length: 20 }, (_none, seed) => seed);
    await Promise.all(seeds.map((seed) => client.ask({ ...question, seed }, options)));
    const again = clientOver(await replaying(), nowhere);
    const answers = await Promise.all(seeds.map((seed) => again.ask({ ...question, seed }, options)));
    expect(answers.map(({ text }) => text)).toEqual(seeds.map(String));
  });
});

test('a recording holds no secret, no host, and is for its owner alone', async () => {
  const key = 'sk-live-0123456789abcdef';
  const server = await serve((response) =>
    says(`the password is hunter2-canary, the key ${key}`)(
      response.setHeader('set-cookie', 'session=abcdef'),
      {
        url: '',
        headers: {},
        body: {},
      },
    ),
  );
  const credential = { key, hosts: [`127.0.0.1:${server.port}`] };
  const content = `hunter2-canary ${Buffer.from('hunter2-canary').toString('base64')} Bearer abcdef.ghijkl`;
  const client = clientOver(recording(), { ...server.endpoint, credential });
  await client.ask({ ...question, messages: [{ role: 'user', content }] }, options);
  const text = await readFile(path, 'utf8');
  expect(text).not.toMatch(/hunter2|aHVudGVy|0123456789|abcdef|127\.0\.0\.1/);
  expect(parseRecording(text).records).toHaveLength(1);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

describe('a bad file', () => {
  test.each([
    ['{"version":1', 1],
    ['\n\n{"version":2,"request":{},"outcome":{}}', 3],
    [
      '{"version":1,"request":{"digest":"d","method":"POST","path":"/","body":{}},"outcome":{"status":"200","headers":{},"body":""}}',
      1,
    ],
    ['{"version":1,"request":{"digest":"d","method":"POST","path":"/","body":{}},"outcome":{"fault":{}}}', 1],
    ['[]', 1],
  ])('%j is refused at line %i', (text, line) => {
    expect(() => parseRecording(text)).toThrow(
      expect.objectContaining({
        kind: 'invalid',
        code: 'BadRecording',
        message: expect.stringContaining(`line ${line} `) as string,
      }),
    );
  });

  test('that is not there is named', async () => {
    await expect(readRecording(path)).rejects.toMatchObject({ kind: 'environment', code: 'RecordingFile' });
    const append = recordingFile(join(directory, 'none', 'model.jsonl'));
    await expect(append('x\n')).rejects.toMatchObject({ code: 'RecordingFile' });
  });
});
