import { afterEach, expect, test } from 'vitest';
import { SluiceError } from '../../src/api/errors.ts';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { get, serveHttp, serveRaw } from './loopback.ts';

const client = openHttpClient({ egress: { allowLoopback: true } });
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test('what is thrown when the connection stands ends the call, and not one byte of it was sent', async () => {
  const received: Buffer[] = [];
  const connected = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const server = await serveRaw((socket) => {
    connected.resolve();
    socket.on('data', (bytes: Buffer) => received.push(bytes));
    socket.on('close', () => ended.resolve());
  });
  closers.push(() => server.close());
  const refusal = new SluiceError('transient', 'NotOwned', 'not any more');
  const request = {
    ...get(server.url, { method: 'POST', body: 'x' }),
    beforeSend: () => {
      throw refusal;
    },
  };
  await expect(client.send(request)).rejects.toBe(refusal);
  await connected.promise;
  await ended.promise;
  expect(received).toEqual([]);
});

test('is asked once, also when the answer is a redirect', async () => {
  let asked = 0;
  const server = await serveHttp((request, response) => {
    if (request.url === '/there') response.end('there');
    else response.writeHead(302, { location: '/there' }).end();
  });
  closers.push(() => server.close());
  const { body } = await client.send({ ...get(server.url), beforeSend: () => void (asked += 1) });
  expect([body, asked]).toEqual(['there', 1]);
});
