import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isObject } from '../../src/api/json.ts';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { Reflector, type ReflectorLimits } from '../../src/cluster/kubernetes/reflector.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf } from './real-clusters.ts';
import { Relay } from './relay.ts';

let api: KubeApi;
beforeAll(() => {
  api = new KubeApi('other');
});
afterAll(() => api.close());

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Place {
  readonly namespace: string;
  readonly relay: Relay;
  readonly told: readonly string[];
  readonly reflector: Reflector<string>;
  /** Resolves when the handler was told this, now or before. */
  readonly until: (what: string) => Promise<void>;
}

/** A namespace with ConfigMaps of these names, value 1, and a reflector of it behind a wire. */
async function start(names: readonly string[], limits: Partial<ReflectorLimits> = {}): Promise<Place> {
  const namespace = await api.newNamespace();
  await Promise.all(names.map((name) => write(namespace, name, 'POST', '1')));
  const { server, ca, token } = accessOf('other');
  const relay = await Relay.to(server);
  const access = staticAccess(`https://127.0.0.1:${relay.port}`, 'context other', {
    headers: { authorization: `Bearer ${token}` },
    tls: { ca },
  });
  const client = new ApiClient({ access, timeoutMs: 1_000, limitBytes: 1024 * 1024 });
  const stop = new AbortController();
  const told: string[] = [];
  const waiting = new Set<() => void>();
  const tell = (what: string): void => {
    told.push(what);
    for (const look of waiting) look();
  };
  const reflector = new Reflector<string>(
    {
      client,
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      // The server makes one in every namespace.
      transform: ({ data }) =>
        isObject(data) && typeof data['value'] === 'string' ? data['value'] : undefined,
      signal: stop.signal,
      limits: { firstRetryMs: 50, ...limits },
    },
    {
      onUpsert: (key, value, previous) => tell(`+${key.split('/')[1]}=${value} ${previous ?? '-'}`),
      onDelete: (key) => tell(`-${key.split('/')[1]}`),
      onSynced: () => tell('synced'),
    },
  );
  closers.push(
    () => relay.close(),
    () => client.close(),
    () => stop.abort(),
  );
  const until = (what: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!told.includes(what)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  reflector.start();
  await until('synced');
  return { namespace, relay, told, reflector, until };
}

async function write(
  namespace: string,
  name: string,
  method: 'POST' | 'PUT' | 'DELETE',
  value: string = '',
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps${method === 'POST' ? '' : `/${name}`}`;
  await api.do(method, path, method === 'DELETE' ? undefined : { metadata: { name }, data: { value } });
}

test('what is there, page by page, and what becomes of it', async () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const { namespace, told, until, reflector } = await start(names, { pageSize: 2 });
  expect(told).toEqual([...names.map((name) => `+${name}=1 -`), 'synced']);
  await write(namespace, 'a', 'PUT', '2');
  await until('+a=2 1');
  await write(namespace, 'f', 'POST', '1');
  await until('+f=1 -');
  await write(namespace, 'b', 'DELETE');
  await until('-b');
  expect(reflector.size).toBe(5);
  expect(reflector.get(`${namespace}/a`)).toBe('2');
});

test('what happened while the wire was cut', async () => {
  const { namespace, relay, told, until } = await start(['a', 'b']);
  relay.cut();
  await write(namespace, 'a', 'PUT', '2');
  await write(namespace, 'b', 'DELETE');
  await write(namespace, 'c', 'POST', '1');
  relay.mend();
  await Promise.all([until('+a=2 1'), until('-b'), until('+c=1 -')]);
  expect(told.slice(3).toSorted()).toEqual(['+a=2 1', '+c=1 -', '-b']);
});

test('what happened while the wire was silent', async () => {
  const { namespace, relay, told, until, reflector } = await start(['a'], { silenceMs: 1_000 });
  while (reflector.stats.watches === 0) await new Promise((resolve) => setImmediate(resolve));
  relay.stall();
  await write(namespace, 'a', 'PUT', '2');
  await until('+a=2 1');
  expect(told).toEqual(['+a=1 -', 'synced', '+a=2 1']);
});

test('watches end in their time and go on where they were; what takes several pages is not listed each time', async () => {
  const limits = { serverSeconds: 1, steadyMs: 500, pageSize: 1 };
  const { namespace, until, reflector } = await start(['a', 'b'], limits);
  for (const value of ['2', '3', '4']) {
    const before = reflector.stats.watches;
    while (reflector.stats.watches === before) await new Promise((resolve) => setImmediate(resolve));
    await write(namespace, 'a', 'PUT', value);
    await until(`+a=${value} ${Number(value) - 1}`);
  }
  expect(reflector.stats).toMatchObject({ lists: 1, failures: 0 });
});

test('an object made again under its name', async () => {
  const { namespace, relay, told, until } = await start(['a']);
  relay.cut();
  await write(namespace, 'a', 'DELETE');
  await write(namespace, 'a', 'POST', '9');
  relay.mend();
  await until('+a=9 -');
  expect(told).toEqual(['+a=1 -', 'synced', '-a', '+a=9 -']);
});
