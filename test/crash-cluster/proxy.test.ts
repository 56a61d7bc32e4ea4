import { createInterface } from 'node:readline';
import { request, type Dispatcher } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Place } from './place.ts';
import { ApiProxy } from './proxy/api-proxy.ts';
import { isAccepted } from './proxy/call.ts';
import { atNth, refusals, type Fault } from './proxy/fault.ts';

let place: Place;
let proxy: ApiProxy;
let namespace: string;
let collection: string;

beforeAll(async () => {
  place = await Place.open();
  namespace = await place.newNamespace();
  collection = `/api/v1/namespaces/${namespace}/configmaps`;
  proxy = await ApiProxy.before(place.access);
});

afterAll(async () => {
  await proxy.close();
  await place.close();
});

afterEach(() => {
  proxy.onCall = () => undefined;
  proxy.watchRules = {};
  proxy.calls.length = 0;
});

function send(
  method: Dispatcher.HttpMethod,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Dispatcher.ResponseData> {
  return request(`${proxy.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${place.access.token}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

/** The status that the client got, or `broken`. */
async function outcome(name: string): Promise<number | 'broken'> {
  try {
    const { statusCode, body } = await send('POST', collection, { metadata: { name } });
    await body.dump();
    return statusCode;
  } catch {
    return 'broken';
  }
}

async function exists(name: string): Promise<boolean> {
  return (await place.api.send('GET', `${collection}/${name}`)).status === 200;
}

async function follow(resourceVersion: string): Promise<{ next(): Promise<string | undefined> }> {
  const { body } = await send('GET', `${collection}?watch=1&resourceVersion=${resourceVersion}`);
  const lines = createInterface({ input: body })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next().catch(() => ({ value: undefined, done: true }));
      if (done === true || value === undefined) return undefined;
      const { type, object } = JSON.parse(value) as {
        type: string;
        object: { code?: number; metadata: { name: string } };
      };
      return `${type} ${object.code ?? object.metadata.name}`;
    },
  };
}

async function listVersion(): Promise<string> {
  const { metadata } = await place.api.do('GET', collection);
  return (metadata as { resourceVersion: string }).resourceVersion;
}

describe('what passes', () => {
  test('is answered as the server answers, and written down', async () => {
    expect(await outcome('plain')).toBe(201);
    const { statusCode, body } = await send('GET', `${collection}/plain`, undefined, {
      'impersonate-user': 'system:serviceaccount:nowhere:nobody',
    });
    expect([statusCode, ((await body.json()) as { reason: string }).reason]).toEqual([403, 'Forbidden']);
    const seen = proxy.calls.map(({ verb, kind, name, user, serverStatus }) => [
      verb,
      kind,
      name,
      user,
      serverStatus,
    ]);
    expect(seen).toEqual([
      ['create', 'configmap', '', '', 201],
      ['get', 'configmap', 'plain', 'system:serviceaccount:nowhere:nobody', 403],
    ]);
  });

  test.each([
    ['/apis/core.oam.dev/v1alpha1/namespaces/a/workflowruns/r/status', 'PATCH', 'patch', 'status', 'a', 'r'],
    ['/apis/core.oam.dev/v1alpha1/workflowruns?watch=true', 'GET', 'watch', 'run', '', ''],
    ['/apis/coordination.k8s.io/v1/namespaces/a/leases/l', 'PUT', 'update', 'lease', 'a', 'l'],
    ['/api/v1/namespaces/a', 'GET', 'get', 'other', '', 'a'],
    ['/apis/apps/v1', 'GET', 'list', 'discovery', '', ''],
  ] as const)('%s is told apart', async (path, method, verb, kind, inNamespace, name) => {
    proxy.onCall = () => ({ type: 'break', isDone: false });
    await expect(send(method, path)).rejects.toThrow();
    expect(proxy.calls[0]).toMatchObject({ verb, kind, namespace: inNamespace, name });
  });
});

describe('what is done to a request', () => {
  const acts: string[] = [];
  const kill = (moment: 'before' | 'unanswered' | 'after'): Fault => ({
    type: 'kill',
    moment,
    act: () => void acts.push(moment),
  });

  test.each<{
    readonly name: string;
    readonly fault: Fault;
    readonly told: number | 'broken';
    readonly isDone: boolean;
  }>([
    { name: 'killed-before', fault: kill('before'), told: 'broken', isDone: false },
    { name: 'killed-unanswered', fault: kill('unanswered'), told: 'broken', isDone: true },
    { name: 'killed-after', fault: kill('after'), told: 201, isDone: true },
    {
      name: 'conflict',
      fault: { type: 'refuse', refusal: refusals.conflict, isDone: false },
      told: 409,
      isDone: false,
    },
    {
      name: 'too-many',
      fault: { type: 'refuse', refusal: refusals.tooMany, isDone: false },
      told: 429,
      isDone: false,
    },
    {
      name: 'timeout-done',
      fault: { type: 'refuse', refusal: refusals.timeout, isDone: true },
      told: 504,
      isDone: true,
    },
    { name: 'broken', fault: { type: 'break', isDone: false }, told: 'broken', isDone: false },
    { name: 'broken-done', fault: { type: 'break', isDone: true }, told: 'broken', isDone: true },
    { name: 'held', fault: { type: 'hold', until: Promise.resolve() }, told: 201, isDone: true },
  ])('$name', async ({ name, fault, told, isDone }) => {
    proxy.onCall = atNth(
      2,
      ({ kind }) => kind === 'configmap',
      () => fault,
    );
    acts.length = 0;
    expect(await outcome(`${name}-first`)).toBe(201);
    expect(await outcome(name)).toBe(told);
    expect(await exists(name)).toBe(isDone);
    expect(proxy.calls.map(isAccepted)).toEqual([true, isDone]);
    expect(acts).toEqual(fault.type === 'kill' ? [fault.moment] : []);
    expect(await outcome(`${name}-third`)).toBe(201);
  });

  test('an old list comes again', async () => {
    const old = Buffer.from(JSON.stringify({ kind: 'ConfigMapList', items: [] }));
    proxy.onCall = atNth(
      1,
      () => true,
      () => ({ type: 'replay', body: old }),
    );
    const { body } = await send('GET', collection);
    expect(await body.json()).toMatchObject({ items: [] });
    expect(((await (await send('GET', collection)).body.json()) as { items: object[] }).items).not.toEqual(
      [],
    );
  });
});

describe('what is done to a watch', () => {
  test('events are dropped, repeated and passed on', async () => {
    const events = await follow(await listVersion());
    proxy.watchRules = {
      times: (line) => (line.includes('event-twice') ? 2 : line.includes('event-never') ? 0 : 1),
    };
    for (const name of ['event-twice', 'event-never', 'event-once'])
      await place.api.do('POST', collection, { metadata: { name } });
    const seen = [await events.next(), await events.next(), await events.next()];
    expect(seen).toEqual(['ADDED event-twice', 'ADDED event-twice', 'ADDED event-once']);
    expect(proxy.watches.size).toBe(1);
    for (const watch of proxy.watches) watch.cut();
    expect(await events.next()).toBeUndefined();
  });

  test('it falls silent, and goes on without what came meanwhile', async () => {
    const events = await follow(await listVersion());
    let swallowed = 0;
    proxy.watchRules = {
      times: () => {
        swallowed += 1;
        return 0;
      },
    };
    await place.api.do('POST', collection, { metadata: { name: 'in-silence' } });
    await expect.poll(() => swallowed).toBe(1);
    proxy.watchRules = {};
    await place.api.do('POST', collection, { metadata: { name: 'after-silence' } });
    expect(await events.next()).toBe('ADDED after-silence');
    for (const watch of proxy.watches) watch.cut();
  });

  test('it expires', async () => {
    const events = await follow(await listVersion());
    for (const watch of proxy.watches) watch.expire();
    expect([await events.next(), await events.next()]).toEqual(['ERROR 410', undefined]);
  });
});
