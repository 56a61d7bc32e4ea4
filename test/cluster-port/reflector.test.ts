import { afterEach, describe, expect, test } from 'vitest';
import { isSluiceError } from '../../src/api/errors.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { Reflector, type ReflectorLimits } from '../../src/cluster/kubernetes/reflector.ts';
import { isOlder } from '../../src/cluster/kubernetes/resource-version.ts';
import { collectionPath, ScriptedCollection, type Asked } from './scripted-collection.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Place {
  readonly server: ScriptedCollection;
  readonly reflector: Reflector<string>;
  /** What the handler was told, such as `+a=1 list`, `-a`, `synced`, `!WatchExpired`. */
  readonly told: string[];
  readonly next: () => Promise<Asked>;
  /** Resolves when the last that was told is this. */
  readonly until: (last: string) => Promise<void>;
}

async function start(
  limits: Partial<ReflectorLimits> = {},
  transform: (object: KubeObject) => string | undefined = valueOf,
): Promise<Place> {
  const server = await ScriptedCollection.open();
  const stop = new AbortController();
  closers.push(
    () => server.close(),
    () => stop.abort(),
  );
  const told: string[] = [];
  const waiting = new Set<() => void>();
  const tell = (what: string): void => {
    told.push(what);
    for (const look of waiting) look();
  };
  const reflector = new Reflector<string>(
    {
      client: server.client,
      path: collectionPath,
      transform,
      signal: stop.signal,
      limits: { firstRetryMs: 2, longestRetryMs: 20, steadyMs: 1_000, ...limits },
    },
    {
      onUpsert: (key, value, previous, origin) =>
        tell(`+${key.slice(8)}=${value} ${previous ?? '-'} ${origin}`),
      onDelete: (key, previous) => tell(`-${key.slice(8)} ${previous}`),
      onSynced: () => tell('synced'),
      onError: (error) => tell(`!${isSluiceError(error) ? error.code : String(error)}`),
    },
  );
  reflector.start();
  return {
    server,
    reflector,
    told,
    next: () => server.next(),
    until: (last) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (told.at(-1) !== last) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

function valueOf(object: KubeObject): string {
  return object['value'] as string;
}

/** Listed at version 10 with a=1 and b=1, and watching from there. */
async function synced(limits: Partial<ReflectorLimits> = {}): Promise<Place & { readonly watch: Asked }> {
  const place = await start(limits);
  const list = await place.next();
  list.list('10', [
    { name: 'a', version: '3', value: '1' },
    { name: 'b', version: '7', value: '1' },
  ]);
  const watch = await place.next();
  expect(watch.query.get('resourceVersion')).toBe('10');
  place.told.length = 0;
  return { ...place, watch: watch.open() };
}

describe('lists', () => {
  test('come in pages, without managedFields, each object saying what it is', async () => {
    const seen: KubeObject[] = [];
    const place = await start({ pageSize: 2 }, (object) => {
      seen.push(object);
      return valueOf(object);
    });
    const first = await place.next();
    expect(Object.fromEntries(first.query)).toEqual({ limit: '2' });
    first.list(
      '10',
      [
        { name: 'a', version: '3', value: '1' },
        { name: 'b', version: '4', value: '2' },
      ],
      'more',
    );
    const second = await place.next();
    expect(Object.fromEntries(second.query)).toEqual({ limit: '2', continue: 'more' });
    expect(place.reflector.isSynced).toBe(false);
    second.list('10', [{ name: 'c', version: '5', value: '3' }]);
    const watch = await place.next();
    expect(Object.fromEntries(watch.query)).toMatchObject({
      watch: 'true',
      resourceVersion: '10',
      allowWatchBookmarks: 'true',
    });
    expect(place.told).toEqual(['+a=1 - list', '+b=2 - list', '+c=3 - list', 'synced']);
    expect([...place.reflector.values()]).toEqual(['1', '2', '3']);
    expect(place.reflector.get('default/c')).toBe('3');
    expect(seen[0]).toMatchObject({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } });
    expect(seen[0]?.metadata).not.toHaveProperty('managedFields');
  });

  test('begin anew when the server forgot the page to go on with', async () => {
    const place = await start();
    (await place.next()).list('10', [{ name: 'a', version: '3', value: '1' }], 'more');
    (await place.next()).refuse(410, 'Expired');
    const again = await place.next();
    expect(again.query.has('continue')).toBe(false);
    again.list('12', [{ name: 'b', version: '11', value: '2' }]);
    await place.next();
    expect(place.told).toEqual(['+a=1 - list', '!Expired', '+b=2 - list', '-a 1', 'synced']);
  });

  test('tell nothing of what is known', async () => {
    const { told, next, watch, until } = await synced();
    watch.fail(410, 'too old').end();
    (await next()).list('20', [
      { name: 'a', version: '3', value: '1' },
      { name: 'b', version: '15', value: '2' },
      { name: 'c', version: '16', value: '1' },
    ]);
    await until('+c=1 - list');
    expect(told).toEqual(['!WatchExpired', '+b=2 1 list', '+c=1 - list']);
    expect((await next()).query.get('resourceVersion')).toBe('20');
  });

  test('of one page are repeated whenever a watch has ended', async () => {
    const place = await start();
    (await place.next()).list('10', [{ name: 'a', version: '3', value: '1' }]);
    (await place.next()).open().end();
    const again = await place.next();
    expect(again.isWatch).toBe(false);
    again.list('10', []);
    await place.until('-a 1');
  });
});

describe('news', () => {
  test('of changes, additions and deletions', async () => {
    const { told, watch, until, reflector } = await synced();
    watch.tell('MODIFIED', { name: 'a', version: '11', value: '2' });
    watch.tell('ADDED', { name: 'c', version: '12', value: '1' });
    watch.tell('DELETED', { name: 'b', version: '13', value: '1' });
    await until('-b 1');
    expect(told).toEqual(['+a=2 1 watch', '+c=1 - watch', '-b 1']);
    expect(reflector.size).toBe(2);
    expect(reflector.stats).toMatchObject({ lists: 1, watches: 1, events: 3, failures: 0 });
  });

  test('repeated, or older than what is known, is left aside', async () => {
    const { told, watch, until } = await synced();
    watch.tell('MODIFIED', { name: 'a', version: '11', value: '2' });
    watch.tell('MODIFIED', { name: 'a', version: '11', value: '2' });
    watch.tell('MODIFIED', { name: 'a', version: '9', value: 'old' });
    watch.tell('DELETED', { name: 'b', version: '12', value: '1' });
    watch.tell('ADDED', { name: 'b', version: '7', value: '1' });
    watch.tell('DELETED', { name: 'a', version: '8', value: '1' });
    watch.tell('MODIFIED', { name: 'a', version: '13', value: '3' });
    await until('+a=3 2 watch');
    expect(told).toEqual(['+a=2 1 watch', '-b 1', '+a=3 2 watch']);
  });

  test('that was lost is made up for by the next list', async () => {
    const { told, watch, next, until } = await synced();
    watch.bookmark('30').end();
    // Whether the watch was broken off or had its time, the list is due.
    (await next()).list('30', [{ name: 'a', version: '20', value: '5' }]);
    await until('-b 1');
    expect(told).toEqual(['+a=5 1 list', '-b 1']);
  });

  test('of an object made again under the same name tells of the end of the first', async () => {
    const { told, watch, until } = await synced();
    watch.tell('MODIFIED', { name: 'a', version: '11', uid: 'other', value: '9' });
    await until('+a=9 - watch');
    expect(told).toEqual(['-a 1', '+a=9 - watch']);
  });

  test('goes on from the last bookmark', async () => {
    const { told, watch, next } = await synced({ pageSize: 1 });
    watch.bookmark('44').end();
    // It ended before its time.
    const check = await next();
    expect(check.query.get('limit')).toBe('1');
    check.list('44', []);
    expect((await next()).query.get('resourceVersion')).toBe('44');
    expect(told).toEqual([]);
  });
});

describe('what goes wrong', () => {
  test('a broken wire: what takes one page is listed again', async () => {
    const { told, next, watch, until } = await synced();
    watch.cut();
    (await next()).list('20', [{ name: 'a', version: '15', value: '2' }]);
    await until('-b 1');
    expect(told.filter((each) => !each.startsWith('!'))).toEqual(['+a=2 1 list', '-b 1']);
    expect((await next()).query.get('resourceVersion')).toBe('20');
  });

  test.each<[string, (watch: Asked) => void, string]>([
    ['a line that is no JSON', (watch) => void watch.line('{"type":'), '!WatchUnreadable'],
    ['a version that was forgotten', (watch) => void watch.fail(410, 'too old'), '!WatchExpired'],
    ['another error', (watch) => void watch.fail(500, 'etcd'), '!WatchEnded'],
    ['a bookmark that went back', (watch) => void watch.bookmark('2'), '!OldBookmark'],
    [
      'an object after a line that was skipped',
      (watch) => void watch.line('{"type":"NEW"}').line('[]').line('x'),
      '!WatchUnreadable',
    ],
  ])('%s: lists again', async (_name, spoil, code) => {
    const { told, next, watch } = await synced();
    spoil(watch);
    const list = await next();
    expect(list.query.get('limit')).toBe('500');
    list.list('20', [
      { name: 'a', version: '3', value: '1' },
      { name: 'b', version: '7', value: '1' },
    ]);
    expect((await next()).query.get('resourceVersion')).toBe('20');
    expect(told).toEqual([code]);
  });

  test.each<[string, (watch: Asked) => void]>([
    ['a broken wire', (watch) => watch.cut()],
    ['an end before its time', (watch) => watch.end()],
  ])(
    '%s: what takes several pages goes on where it was, if the server is where it was',
    async (_name, spoil) => {
      const { told, next, watch, until } = await synced({ pageSize: 1 });
      watch.tell('MODIFIED', { name: 'a', version: '11', value: '2' });
      await until('+a=2 1 watch');
      spoil(watch);
      (await next()).list('12', [{ name: 'a', version: '11' }], 'more');
      const second = await next();
      expect(second.query.get('resourceVersion')).toBe('11');
      second.open().tell('MODIFIED', { name: 'a', version: '12', value: '3' });
      await until('+a=3 2 watch');
      expect(told.filter((each) => !each.startsWith('!'))).toEqual(['+a=2 1 watch', '+a=3 2 watch']);
    },
  );

  test('silence ends the watch', async () => {
    const { next, until } = await synced({ silenceMs: 20 });
    await until('!WatchSilent');
    (await next()).list('10', []);
    expect((await next()).query.get('resourceVersion')).toBe('10');
  });

  test('a list that is older than what is known changes nothing, until it is old for long', async () => {
    const { told, next, watch, until, reflector } = await synced({ disbeliefMs: 150 });
    watch.fail(410, 'too old').end();
    const old = [{ name: 'a', version: '2', value: '0' }] as const;
    (await next()).list('5', old);
    await until('!OldList');
    expect(reflector.get('default/a')).toBe('1');
    expect(reflector.size).toBe(2);
    let asked = await next();
    while (!asked.isWatch) {
      asked.list('5', old);
      asked = await next();
    }
    expect(asked.query.get('resourceVersion')).toBe('5');
    expect(told.filter((each) => !each.startsWith('!'))).toEqual(['+a=0 1 list', '-b 1']);
    // Back at work at the versions of then.
    asked.open().tell('MODIFIED', { name: 'a', version: '6', value: '9' });
    await until('+a=9 0 watch');
  });

  test('a server that lagged behind and caught up is followed without a step back', async () => {
    const { told, next, watch } = await synced({ pageSize: 1 });
    watch.cut();
    (await next()).list('5', []);
    // What was only a look is now a list, old as well.
    (await next()).list('6', [{ name: 'a', version: '2', value: '0' }]);
    (await next()).list('10', [
      { name: 'a', version: '3', value: '1' },
      { name: 'b', version: '7', value: '1' },
    ]);
    expect((await next()).query.get('resourceVersion')).toBe('10');
    expect(told.filter((each) => !each.startsWith('!'))).toEqual([]);
  });

  test('a transform or a handler that throws costs one object, or one call', async () => {
    const place = await start({}, (object) => {
      if (object.metadata.name === 'bad') throw new Error('cannot');
      return valueOf(object);
    });
    (await place.next()).list('10', [
      { name: 'bad', version: '3' },
      { name: 'good', version: '4', value: '1' },
    ]);
    await place.next();
    expect(place.told).toEqual(['!Error: cannot', '+good=1 - list', 'synced']);
  });

  test('an object that is left out from some version on is told as deleted', async () => {
    const place = await start({}, (object) =>
      object['value'] === 'done' ? undefined : (object['value'] as string),
    );
    (await place.next()).list('10', [{ name: 'a', version: '3', value: '1' }]);
    const watch = await place.next();
    watch.open().tell('MODIFIED', { name: 'a', version: '11', value: 'done' });
    await place.until('-a 1');
    expect(place.reflector.size).toBe(0);
  });

  test('requests are spaced however the server behaves', async () => {
    // With every watch ended at once, the pauses double up to the longest.
    const place = await start({ firstRetryMs: 8, longestRetryMs: 64, jitter: () => 0 });
    const begun = performance.now();
    (await place.next()).list('10', []);
    for (let watches = 0; watches < 6;) {
      const asked = await place.next();
      if (asked.isWatch) {
        watches += 1;
        asked.open().end();
      } else asked.list('10', []);
    }
    // 4 + 8 + 16 + 32 + 32: a bound that a slow machine only exceeds.
    expect(performance.now() - begun).toBeGreaterThan(90);
  });
});

test.each([
  ['9', '10', true],
  ['10', '9', false],
  ['10', '10', false],
  ['18446744073709551616', '18446744073709551617', true],
  ['mark', '10', false],
  ['', '10', false],
  ['0', '10', false],
])('version %s is older than %s: %s', (one, other, older) => {
  expect(isOlder(one, other)).toBe(older);
});
