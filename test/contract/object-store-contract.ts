import { expect } from 'vitest';
import type { ObjectKey, ObjectStore } from '../../src/cluster/memory/object-store.ts';
import { Signal } from './signal.ts';

/** Opens one set of objects, as many times as asked: each a process of its own where the store can have several. */
export type OpenObjects = () => Promise<ObjectStore>;

const key: ObjectKey = { cluster: '', group: 'apps', kind: 'Deployment', namespace: 'default', name: 'web' };

export const objectStoreCases: Readonly<Record<string, (open: OpenObjects) => Promise<void>>> = {
  'an object is put, read back, replaced and deleted': async (open) => {
    const objects = await open();
    expect(objects.get(key)).toBeUndefined();
    objects.write(() => {
      objects.put(key, '{"v":1}');
      expect(objects.get(key)).toBe('{"v":1}');
    });
    objects.write(() => {
      objects.put(key, '{"v":"☃\u0000"}');
    });
    expect((await open()).get(key)).toBe('{"v":"☃\u0000"}');
    expect(objects.write(() => objects.delete(key))).toBe(true);
    expect(objects.write(() => objects.delete(key))).toBe(false);
    expect(objects.get(key)).toBeUndefined();
  },

  'every part of a key tells objects apart': async (open) => {
    const objects = await open();
    const parts = ['cluster', 'group', 'kind', 'namespace', 'name'] as const;
    const others = parts.map((part) => ({ ...key, [part]: 'other' }));
    objects.write(() => {
      for (const each of [key, ...others]) objects.put(each, JSON.stringify(each));
    });
    for (const each of [key, ...others]) expect(objects.get(each)).toBe(JSON.stringify(each));
  },

  'a list takes the filter by its parts': async (open) => {
    const objects = await open();
    const rows: readonly ObjectKey[] = [
      key,
      { ...key, namespace: 'prod' },
      { ...key, kind: 'StatefulSet' },
      { ...key, group: '', kind: 'ConfigMap' },
      { ...key, group: '', kind: 'Namespace', namespace: '' },
      { ...key, cluster: 'prod' },
    ];
    objects.write(() => {
      for (const row of rows) objects.put(row, row.kind);
    });
    const indexes = (filter: Parameters<ObjectStore['list']>[0]): readonly number[] =>
      objects
        .list(filter)
        .map((row) => rows.findIndex((each) => JSON.stringify(each) === JSON.stringify(row.key)))
        .toSorted((a, b) => a - b);
    expect(indexes({ cluster: '' })).toEqual([0, 1, 2, 3, 4]);
    expect(indexes({ cluster: '', group: 'apps' })).toEqual([0, 1, 2]);
    expect(indexes({ cluster: '', group: '' })).toEqual([3, 4]);
    expect(indexes({ cluster: '', group: 'apps', kind: 'Deployment' })).toEqual([0, 1]);
    expect(indexes({ cluster: '', namespace: '' })).toEqual([4]);
    expect(indexes({ cluster: '', group: 'apps', kind: 'Deployment', namespace: 'prod' })).toEqual([1]);
    expect(indexes({ cluster: 'prod' })).toEqual([5]);
    expect(indexes({ cluster: 'none' })).toEqual([]);
    expect(objects.list({ cluster: 'prod' })).toEqual([{ key: rows[5], record: 'Deployment' }]);
  },

  'revisions count for each cluster by itself and are never given twice': async (open) => {
    const objects = await open();
    const other = await open();
    expect(objects.revision('')).toBe(0);
    expect(objects.clusters()).toEqual([]);
    expect([next(objects, ''), next(other, ''), next(objects, 'prod'), next(objects, '')]).toEqual([
      1, 2, 1, 3,
    ]);
    objects.write(() => objects.delete(key));
    expect(next(other, '')).toBe(4);
    expect(objects.revision('')).toBe(4);
    expect(objects.clusters().toSorted()).toEqual(['', 'prod']);
  },

  'a transaction that throws leaves nothing': async (open) => {
    const objects = await open();
    objects.write(() => {
      objects.put(key, 'kept');
    });
    const failure = new Error('changed my mind');
    expect(() =>
      objects.write(() => {
        objects.put(key, 'lost');
        objects.put({ ...key, name: 'other' }, 'lost');
        objects.nextRevision('');
        objects.delete(key);
        throw failure;
      }),
    ).toThrow(failure);
    expect(objects.list({ cluster: '' })).toEqual([{ key, record: 'kept' }]);
    expect(objects.revision('')).toBe(0);
  },

  'reads nest, within reads and within writes': async (open) => {
    const objects = await open();
    const seen = objects.write(() => {
      objects.put(key, 'x');
      return objects.read(() => objects.read(() => objects.get(key)));
    });
    expect(seen).toBe('x');
    expect(objects.read(() => objects.read(() => objects.get(key)))).toBe('x');
    expect(() =>
      objects.read(() => {
        throw new Error('while reading');
      }),
    ).toThrow('while reading');
    expect(objects.get(key)).toBe('x');
  },

  'changes call back after the commit, from here and from elsewhere, until the signal aborts': async (
    open,
  ) => {
    const objects = await open();
    const other = await open();
    const stop = new AbortController();
    const seen = new Signal();
    objects.onChange(seen.fire, stop.signal);
    await seen.after(() => {
      objects.write(() => {
        objects.put(key, '1');
      });
      expect(seen.count).toBe(0);
    });
    await seen.after(() => {
      other.write(() => {
        other.put(key, '2');
      });
    });
    stop.abort();
    seen.count = 0;
    objects.write(() => {
      objects.put(key, '3');
    });
    await Promise.resolve();
    expect(seen.count).toBe(0);
  },
};

function next(store: ObjectStore, cluster: string): number {
  return store.write(() => store.nextRevision(cluster));
}
