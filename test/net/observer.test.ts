import { afterEach, describe, expect, test } from 'vitest';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { get, serveHttp, type Running } from './loopback.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function started(running: Promise<Running>): Promise<Running> {
  const server = await running;
  closers.push(() => server.close());
  return server;
}

function client() {
  const opened = openHttpClient({ egress: { allowLoopback: true } });
  closers.push(() => opened.close());
  return opened;
}

describe('an observer', () => {
  test('is told of the answer before it is whole', async () => {
    let finish = (): void => undefined;
    const server = await started(
      serveHttp((_request, response) => {
        response.writeHead(201, { 'x-own': 'one' }).write('first ');
        finish = () => void response.end('last');
      }),
    );
    const seen: string[] = [];
    const answer = await client().send(
      get(server.url, {
        observer: {
          head: (statusCode, headers) => seen.push(`${statusCode} ${headers['x-own']?.join()}`),
          bytes: (chunk) => {
            seen.push(Buffer.from(chunk).toString());
            finish();
          },
        },
      }),
    );
    expect(seen).toEqual(['201 one', 'first ', 'last']);
    expect(answer.body).toBe('first last');
  });

  test('hears of the last hop alone', async () => {
    const server = await started(
      serveHttp((request, response) => {
        if (request.url === '/') response.writeHead(307, { location: '/there' }).end('moved');
        else response.end('here');
      }),
    );
    const seen: (number | string)[] = [];
    const observer = {
      head: (statusCode: number) => void seen.push(statusCode),
      bytes: (chunk: Uint8Array) => void seen.push(Buffer.from(chunk).toString()),
    };
    await client().send(get(server.url, { observer }));
    expect(seen).toEqual([200, 'here']);
  });
});

test('with maxRedirects 0 a redirect is the answer', async () => {
  const server = await started(
    serveHttp((_request, response) => response.writeHead(308, { location: '/there' }).end('moved')),
  );
  const answer = await client().send(get(server.url, { maxRedirects: 0 }));
  expect(answer).toMatchObject({ statusCode: 308, body: 'moved', headers: { location: ['/there'] } });
});
