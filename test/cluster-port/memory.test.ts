import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openMapObjectStore } from '../../src/cluster/memory/map-object-store.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { clusterCases } from './contract.ts';
import { configMap, deployment, openMemory, webRef } from './fixtures.ts';
import { ManualClock } from './manual-clock.ts';

describe('the in-memory cluster, on a map', () => {
  test.each(Object.keys(clusterCases))('%s', async (name) => {
    const { cluster, clock } = await openMemory();
    await clusterCases[name]?.({ cluster, advance: (ms) => clock.advance(ms) });
  });
});

describe('the in-memory cluster, on a database', () => {
  test.each(Object.keys(clusterCases))('%s', async (name) => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-cluster-'));
    const store = await openSqliteStore({ directory, now: Date.now, newId: randomUUID });
    try {
      const { cluster, clock } = await openMemory({ objects: store.objects });
      await clusterCases[name]?.({ cluster, advance: (ms) => clock.advance(ms) });
    } finally {
      await store.close();
      await rm(directory, { recursive: true });
    }
  });
});

describe('in-memory clusters', () => {
  test('are separate, and each is made when it is first written to', async () => {
    const made: string[] = [];
    const { clusters } = await openMemory({ onCreated: (name) => made.push(name) });
    const [main, prod] = [await clusters.get(''), await clusters.get('prod')];
    expect(await prod.list({ apiVersion: 'v1', kind: 'Namespace' })).toEqual([]);
    await expect(prod.apply(configMap('No_Name', {}))).rejects.toMatchObject({ code: 'Invalid' });
    expect([made, await clusters.names()]).toEqual([[], []]);
    await prod.apply(deployment());
    await prod.apply(deployment({ name: 'api' }));
    expect([made, await clusters.names()]).toEqual([['prod'], ['prod']]);
    expect(await main.get(webRef)).toBeUndefined();
    await main.apply(deployment());
    expect([made, await clusters.names()]).toEqual([
      ['prod', ''],
      ['', 'prod'],
    ]);
  });

  test('the default one is also called local', async () => {
    const { clusters, cluster } = await openMemory();
    expect(await clusters.get('local')).toBe(cluster);
  });

  test('a name that is none is refused', async () => {
    const { clusters } = await openMemory();
    await expect(clusters.get('No such')).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('a later process sees what a cluster would show by then', async () => {
    const objects = openMapObjectStore();
    const clock = new ManualClock();
    const first = await openMemory({ objects }, clock);
    await first.cluster.apply(deployment());
    await first.clusters.close();
    clock.advance(3_600_000);
    const second = await openMemory({ objects }, clock);
    expect(await second.cluster.get(webRef)).toMatchObject({ status: { readyReplicas: 1 } });
    expect(await second.cluster.list({ apiVersion: 'v1', kind: 'Pod' })).toHaveLength(1);
  });

  test('a clock that goes back breaks nothing', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment());
    clock.advance(10_000);
    await cluster.apply(deployment({ image: 'nginx:1.28' }));
    clock.nowMs -= 60_000;
    await cluster.apply(deployment({ image: 'nginx:1.29', replicas: 2 }));
    clock.advance(120_000);
    expect(await cluster.get(webRef)).toMatchObject({ status: { readyReplicas: 2, replicas: 2 } });
  });

  test('namespaces are made at first use, and deleting one empties it', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(deployment({ namespace: 'team' }));
    clock.advance(1_000);
    const namespaces = await cluster.list({ apiVersion: 'v1', kind: 'Namespace' });
    expect(namespaces.map(({ metadata }) => metadata.name)).toEqual(['team']);
    expect(namespaces[0]).toMatchObject({ status: { phase: 'Active' } });
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'team' });
    for (const [apiVersion, kind] of [
      ['apps/v1', 'Deployment'],
      ['v1', 'Pod'],
      ['v1', 'Event'],
    ])
      expect(await cluster.list({ apiVersion: apiVersion ?? '', kind: kind ?? '' })).toEqual([]);
    await cluster.apply(deployment());
    await expect(
      cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'default' }),
    ).rejects.toMatchObject({ kind: 'denied' });
  });

  test('a watch wakes for nothing that does not concern its object, and leaves no timer', async () => {
    const { cluster, clock } = await openMemory();
    await cluster.apply(configMap('a', { x: '1' }));
    const stop = new AbortController();
    let calls = 0;
    cluster.watch({ apiVersion: 'v1', kind: 'ConfigMap', name: 'a' }, () => (calls += 1), stop.signal);
    await cluster.apply(deployment());
    clock.advance(60_000);
    await Promise.resolve();
    expect(calls).toBe(0);
    stop.abort();
    expect(clock.scheduled).toBe(0);
  });

  test('any other kind is kept as it is, its status too', async () => {
    const { cluster } = await openMemory();
    const object = {
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 't', namespace: 'default' },
      spec: { list: [{ name: 'a' }], nothing: null, big: 12345678901234567890n },
      status: { phase: 'Done' },
    };
    const { metadata, ...stored } = await cluster.apply(object);
    const { metadata: _metadata, ...given } = object;
    expect(stored).toEqual(given);
    expect(metadata.generation).toBe(1);
    expect(await cluster.list({ apiVersion: 'example.com/v1', kind: 'Thing' })).toHaveLength(1);
  });
});
