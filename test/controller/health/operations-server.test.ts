import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  startOperationsServers,
  type OperationsOptions,
} from '../../../src/controller/health/operations-server.ts';
import type { ReadyCheck } from '../../../src/controller/health/health.ts';
import { bindAddressText, readBindAddress } from '../../../src/controller/serve/bind-address.ts';

const loopback = { host: '127.0.0.1', port: 0 };
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((servers) => servers.close()));
});

async function start(options: Partial<OperationsOptions>): Promise<{ metrics: string; health: string }> {
  const servers = await startOperationsServers({
    metricsBind: loopback,
    healthBind: loopback,
    ready: () => [],
    metrics: async () => 'a 1\n',
    ...options,
  });
  open.push(servers);
  const url = (address: typeof servers.metrics): string =>
    address === undefined ? '' : `http://${bindAddressText(address)}`;
  return { metrics: url(servers.metrics), health: url(servers.health) };
}

async function get(url: string, method = 'GET'): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { method });
  return { status: answer.status, text: await answer.text() };
}

describe('addresses', () => {
  test.each([
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    [':8080', { host: undefined, port: 8080 }],
    ['localhost:9', { host: 'localhost', port: 9 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
  ])('%s is one', (text, address) => {
    expect(readBindAddress(text, '--metrics-bind')).toEqual(address);
    expect(bindAddressText(address)).toBe(text);
  });

  test.each(['0', '', undefined])('%s is off', (text) => {
    expect(readBindAddress(text, '--metrics-bind')).toBeUndefined();
  });

  test.each(['8080', '127.0.0.1', ':65536', ':x', '::1:80', 'http://a:80', '[x]:1', 'a b:80', ':'])(
    '%s is refused with the flag',
    (text) => {
      expect(() => readBindAddress(text, '--metrics-bind')).toThrow(
        expect.objectContaining({
          kind: 'invalid',
          code: 'BindAddress',
          message: expect.stringContaining('--metrics-bind') as string,
        }),
      );
    },
  );
});

describe('health', () => {
  test('is alive while nothing is ready', async () => {
    const { health } = await start({ ready: () => [{ name: 'workflowruns', missing: 'not listed yet' }] });
    expect(await get(`${health}/healthz`)).toEqual({ status: 200, text: 'ok\n' });
    expect(await get(`${health}/livez`)).toEqual({ status: 200, text: 'ok\n' });
  });

  test('is ready once nothing is missing, and says what is', async () => {
    const checks: ReadyCheck[] = [
      { name: 'workflowruns', missing: undefined },
      { name: 'step types', missing: 'not listed\nyet' },
    ];
    const { health } = await start({ ready: () => checks });
    expect(await get(`${health}/readyz`)).toEqual({
      status: 503,
      text: '[+] workflowruns\n[-] step types: not listed yet\nnot ready\n',
    });
    checks[1] = { name: 'step types', missing: undefined };
    expect(await get(`${health}/readyz?verbose`)).toEqual({
      status: 200,
      text: '[+] workflowruns\n[+] step types\nready\n',
    });
  });

  test('answers 500, and goes on, when asking failed', async () => {
    const { health } = await start({
      ready() {
        throw new Error('secret');
      },
    });
    expect(await get(`${health}/readyz`)).toEqual({ status: 500, text: 'it failed\n' });
    expect(await get(`${health}/healthz`)).toMatchObject({ status: 200 });
  });
});

describe('metrics', () => {
  test('are text as Prometheus reads it', async () => {
    const { metrics } = await start({});
    const answer = await fetch(`${metrics}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toBe('a 1\n');
  });

  test('answer 500 when they cannot be had', async () => {
    const { metrics } = await start({ metrics: () => Promise.reject(new Error('secret')) });
    expect(await get(`${metrics}/metrics`)).toEqual({ status: 500, text: 'it failed\n' });
  });
});

describe('paths and methods', () => {
  test.each([
    ['/', 'GET', 404],
    ['/constructor', 'GET', 404],
    ['/metrics', 'POST', 405],
    ['/metrics', 'HEAD', 200],
    ['/healthz', 'GET', 404],
  ])('%s with %s is %i', async (path, method, status) => {
    const { metrics } = await start({});
    expect((await get(metrics + path, method)).status).toBe(status);
  });
});

describe('servers', () => {
  test('are off without an address', async () => {
    expect(await start({ metricsBind: undefined, healthBind: undefined })).toEqual({
      metrics: '',
      health: '',
    });
  });

  test('are one where both have the same address', async () => {
    const { metrics } = await start({ healthBind: undefined });
    const free = { host: '127.0.0.1', port: Number(new URL(metrics).port) };
    await Promise.all(open.splice(0).map((servers) => servers.close()));
    const both = await start({ metricsBind: free, healthBind: { ...free } });
    expect(both.metrics).toBe(both.health);
    expect((await get(`${both.health}/healthz`)).status).toBe(200);
    expect((await get(`${both.metrics}/metrics`)).status).toBe(200);
  });

  test('that cannot listen say where, and leave none behind', async () => {
    const { metrics } = await start({ healthBind: undefined });
    const taken = { host: '127.0.0.1', port: Number(new URL(metrics).port) };
    await expect(start({ healthBind: loopback, metricsBind: taken })).rejects.toMatchObject({
      kind: 'environment',
      code: 'CannotListen',
      message: expect.stringContaining(
        `The metrics server cannot listen on 127.0.0.1:${taken.port}: `,
      ) as string,
    });
  });

  test('close though a client keeps its connection', async () => {
    const { health } = await start({});
    const socket = connect(Number(new URL(health).port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    await Promise.all(open.splice(0).map((servers) => servers.close()));
    await closed;
  });
});
