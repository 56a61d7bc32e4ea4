import { once } from 'node:events';
import { createServer, request, type ClientRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RequestReader, type RequestText } from '../../../src/controller/webhook/request-reader.ts';

/** What became of each request, by path, in the order of their ends. */
let read: (readonly [path: string, body: RequestText])[];
/** Bytes that have come in of each request that is not through. */
let arrived: Map<string, number>;
let server: Server;
let port: number;

beforeEach(async () => {
  read = [];
  arrived = new Map();
  const reader = new RequestReader({ bodyBytes: 80, allBytes: 100 });
  server = createServer((incoming, response) => {
    const path = incoming.url ?? '';
    incoming.on('data', (part: Buffer) => arrived.set(path, (arrived.get(path) ?? 0) + part.length));
    void reader.read(incoming).then((body) => {
      read.push([path, body]);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends the beginning of a body, and resolves when it has come in. */
async function begin(path: string, bytes: number): Promise<ClientRequest> {
  const sent = request({ host: '127.0.0.1', port, path, method: 'POST' });
  sent.on('error', () => undefined);
  sent.write('x'.repeat(bytes));
  await expect.poll(() => arrived.get(path)).toBe(bytes);
  return sent;
}

async function end(sent: ClientRequest): Promise<RequestText> {
  const before = read.length;
  sent.end();
  await expect.poll(() => read.length).toBe(before + 1);
  const last = read.at(-1);
  if (last === undefined) throw new Error('nothing was read');
  return last[1];
}

test('a body is read as text', async () => {
  expect(await end(await begin('/a', 80))).toMatchObject({ kind: 'text', text: 'x'.repeat(80) });
});

test('one that is too large is not kept, and takes no room', async () => {
  const large = await begin('/large', 81);
  const other = await begin('/other', 80);
  expect(await end(large)).toEqual({ kind: 'tooLarge' });
  expect(await end(other)).toMatchObject({ kind: 'text' });
});

test('one that finds no room is not kept; there is room again after a release, or when a client has gone', async () => {
  const first = await begin('/first', 60);
  expect(await end(await begin('/second', 60))).toEqual({ kind: 'noRoom' });
  const kept = await end(first);
  expect(await end(await begin('/third', 60))).toEqual({ kind: 'noRoom' });
  if (kept.kind !== 'text') throw new Error(kept.kind);
  kept.release();
  const gone = await begin('/gone', 60);
  gone.destroy();
  await expect.poll(() => read.at(-1)).toEqual(['/gone', { kind: 'aborted' }]);
  expect(await end(await begin('/fourth', 80))).toMatchObject({ kind: 'text' });
});
