import { afterEach, describe, expect, test } from 'vitest';
import { systemConnect } from '../../src/net/dial.ts';
import type { EgressPolicy } from '../../src/net/egress.ts';
import { openHttpClient } from '../../src/net/open-http-client.ts';
import { get, recordingConnect, resolved, serveHttp, type Running } from './loopback.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function server(): Promise<Running> {
  const running = await serveHttp((request, response) => response.end(request.headers.host));
  closers.push(() => running.close());
  return running;
}

/** A client that believes `answers`, one after the other, and in truth always calls this machine. */
function client(egress: EgressPolicy, ...answers: readonly (readonly string[])[]) {
  const queue = [...answers];
  const { dialled, connect } = recordingConnect(systemConnect);
  const lookup = () => Promise.resolve(resolved(...(queue.length > 1 ? queue.shift() : queue[0])!));
  const opened = openHttpClient({ egress, lookup, connect });
  closers.push(() => opened.close());
  return { opened, dialled };
}

test('the address that was checked is the one that is dialled', async () => {
  const { port } = await server();
  const { opened, dialled } = client({}, ['93.184.216.34']);
  const answer = await opened.send(get(`http://shop.example:${port}/`));
  expect(answer.body).toBe(`shop.example:${port}`);
  expect(dialled).toEqual([`93.184.216.34:${port}`]);
});

test('a name that turns to a metadata service between two calls is refused at the second', async () => {
  const { port } = await server();
  const { opened, dialled } = client({}, ['93.184.216.34'], ['169.254.169.254']);
  await opened.send(get(`http://rebind.example:${port}/`));
  await expect(opened.send(get(`http://rebind.example:${port}/`))).rejects.toMatchObject({
    kind: 'denied',
    message:
      'rebind.example, which resolves to 169.254.169.254, must not be called: it is the metadata service of a cloud',
  });
  expect(dialled).toEqual([`93.184.216.34:${port}`]);
});

test('of several addresses only those allowed are dialled', async () => {
  const { port } = await server();
  const { opened, dialled } = client({}, ['169.254.169.254', '93.184.216.34', '10.0.0.1', '::1']);
  await opened.send(get(`http://mixed.example:${port}/`));
  expect(dialled).toEqual([`93.184.216.34:${port}`]);
});

describe('what a name resolves to', () => {
  const rows: readonly (readonly [string, EgressPolicy, boolean])[] = [
    ['127.0.0.1', {}, false],
    ['127.0.0.1', { allowLoopback: true }, true],
    ['127.0.0.1', { allowHosts: ['name.example'] }, true],
    ['127.0.0.1', { allowHosts: ['other.example'] }, false],
    ['127.0.0.1', { allowPrivate: true }, false],
    ['10.1.2.3', {}, false],
    ['10.1.2.3', { allowPrivate: true }, true],
    ['10.1.2.3', { allowLoopback: true }, false],
    ['10.1.2.3', { allowHosts: ['NAME.example.'] }, true],
    ['fd12::1', { allowPrivate: true }, true],
    ['169.254.169.254', { allowLoopback: true, allowPrivate: true, allowHosts: ['name.example'] }, false],
    ['fd00:ec2::254', { allowLoopback: true, allowPrivate: true, allowHosts: ['name.example'] }, false],
    ['0.0.0.0', { allowLoopback: true, allowPrivate: true, allowHosts: ['name.example'] }, false],
  ];
  test.each(rows)('%s under %j: %s', async (address, policy, isAllowed) => {
    const { port } = await server();
    const { opened, dialled } = client(policy, [address]);
    const sent = opened.send(get(`http://name.example:${port}/`));
    if (isAllowed) expect((await sent).statusCode).toBe(200);
    else await expect(sent).rejects.toMatchObject({ kind: 'denied', code: 'EgressDenied' });
    expect(dialled).toHaveLength(isAllowed ? 1 : 0);
  });
});

test('a host that is allowed on one port is refused on another', async () => {
  const { port } = await server();
  const allowed = client({ allowHosts: [`name.example:${port}`] }, ['127.0.0.1']).opened;
  expect((await allowed.send(get(`http://name.example:${port}/`))).statusCode).toBe(200);
  const other = client({ allowHosts: [`name.example:${port + 1}`] }, ['127.0.0.1']).opened;
  await expect(other.send(get(`http://name.example:${port}/`))).rejects.toMatchObject({ kind: 'denied' });
});

test('a name without an address is a passing fault', async () => {
  const { opened } = client({}, []);
  await expect(opened.send(get('http://empty.example/'))).rejects.toMatchObject({ kind: 'transient' });
});

test('a real name is resolved by the system', async () => {
  const { port } = await server();
  const opened = openHttpClient({ egress: { allowLoopback: true } });
  closers.push(() => opened.close());
  expect((await opened.send(get(`http://localhost:${port}/`))).body).toBe(`localhost:${port}`);
});
