import { expect } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { configMap, deployment, webRef, type DeploymentFixture, type Loose } from './fixtures.ts';

/** A cluster on which `advance` lets time pass: what happens by itself then has happened. */
export interface ClusterPlace {
  readonly cluster: Cluster;
  readonly advance: (ms: number) => void;
}

type Case = (place: ClusterPlace) => Promise<void>;

const mapRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' };

/** What every cluster behind the port does. */
export const clusterCases: Readonly<Record<string, Case>> = {
  'an applied object is stored with what the server adds': async ({ cluster }) => {
    const stored = await cluster.apply(deployment());
    expect(stored.metadata).toMatchObject({ name: 'web', namespace: 'default', generation: 1 });
    expect(stored.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(stored.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await cluster.get(webRef)).toMatchObject({ spec: { strategy: { type: 'RollingUpdate' } } });
  },

  'the same object twice is a no-op': async ({ cluster }) => {
    const objects: readonly KubeObject[] = [
      configMap('a', { x: '1' }),
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { key: 'value' } },
      deployment({ container: { resources: { limits: { cpu: 1 } }, ports: [{ containerPort: 80 }] } }),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web' },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      },
    ];
    for (const object of objects) {
      const first = await cluster.apply(object);
      expect(await cluster.apply(object)).toEqual(first);
    }
  },

  'a dry run shows what would be stored, and stores nothing': async ({ cluster }) => {
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' };
    expect(await cluster.apply(deployment(), { dryRun: true })).toMatchObject({
      spec: { strategy: { type: 'RollingUpdate' } },
    });
    expect(await cluster.get(ref)).toBeUndefined();
    const stored = await cluster.apply(deployment());
    expect(await cluster.apply(deployment({ replicas: 5 }), { dryRun: true })).toMatchObject({
      spec: { replicas: 5 },
    });
    expect((await cluster.get(ref))?.['spec']).toEqual(stored['spec']);
    await expect(cluster.apply(deployment({ replicas: -1 }), { dryRun: true })).rejects.toMatchObject({
      kind: 'terminal',
    });
  },

  'generation counts changes of the spec, and the uid stays': async ({ cluster }) => {
    const first = await cluster.apply(deployment());
    const labelled = await cluster.apply({
      ...deployment(),
      metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } },
    });
    const scaled = await cluster.apply(deployment({ replicas: 2 }));
    expect([labelled.metadata.generation, scaled.metadata.generation]).toEqual([1, 2]);
    expect(scaled.metadata.uid).toBe(first.metadata.uid);
    expect(scaled.metadata.labels ?? {}).toEqual({});
    expect(new Set([first, labelled, scaled].map(({ metadata }) => metadata.resourceVersion)).size).toBe(3);
  },

  'a field that is applied no more goes; what a patch set stays': async ({ cluster }) => {
    await cluster.apply(configMap('a', { kept: '1', dropped: '1' }));
    await cluster.patch(mapRef, { data: { patched: '1' } });
    const stored = await cluster.apply(configMap('a', { kept: '2' }));
    expect(stored['data']).toEqual({ kept: '2', patched: '1' });
  },

  'a field that is applied no more goes back to its default': async ({ cluster }) => {
    await cluster.apply(deployment({ replicas: 3 }));
    const { replicas: _replicas, ...spec } = deployment()['spec'] as Loose;
    const stored = await cluster.apply({ ...deployment(), spec });
    expect(stored['spec']).toMatchObject({ replicas: 1 });
  },

  'lists of named things are merged by their names': async ({ cluster }) => {
    await cluster.apply(deployment(withEnv('A', 'B')));
    await cluster.patch(webRef, { metadata: { labels: { patched: 'yes' } } });
    const stored = (await cluster.apply(deployment(withEnv('B', 'C')))) as Loose;
    expect(stored.spec.template.spec.containers).toHaveLength(1);
    expect(stored.spec.template.spec.containers[0].env).toEqual([
      { name: 'B', value: 'B1' },
      { name: 'C', value: 'C1' },
    ]);
    expect(stored.metadata.labels).toEqual({ patched: 'yes' });
  },

  'the owner of applied fields is sluice': async ({ cluster }) => {
    const stored = (await cluster.apply(configMap('a', { x: '1' }))) as Loose;
    expect(stored.metadata.managedFields).toHaveLength(1);
    expect(stored.metadata.managedFields[0]).toMatchObject({
      manager: 'sluice',
      operation: 'Apply',
      fieldsV1: { 'f:data': { 'f:x': {} } },
    });
  },

  'what is not there is undefined, and nothing to delete': async ({ cluster }) => {
    expect(await cluster.get(mapRef)).toBeUndefined();
    expect(await cluster.delete(mapRef)).toBe(false);
    await expect(cluster.patch(mapRef, { data: {} })).rejects.toMatchObject({
      kind: 'terminal',
      code: 'NotFound',
    });
    expect(await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toEqual([]);
  },

  'a merge patch merges maps, removes what is null and replaces lists': async ({ cluster }) => {
    await cluster.apply(configMap('a', { x: '1', y: '1' }));
    const patched = await cluster.patch(mapRef, { data: { x: null, z: '1' } });
    expect(patched['data']).toEqual({ y: '1', z: '1' });
    expect(await cluster.get(mapRef)).toEqual(patched);
    expect(await cluster.patch(mapRef, { data: { y: '1' } })).toEqual(patched);
  },

  'deleting ends an object; the next of its name is another': async ({ cluster }) => {
    const first = await cluster.apply(configMap('a', { x: '1' }));
    expect(await cluster.delete(mapRef)).toBe(true);
    expect(await cluster.get(mapRef)).toBeUndefined();
    const second = await cluster.apply(configMap('a', { x: '1' }));
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
  },

  'what an object owns goes with it': async ({ cluster }) => {
    const { metadata } = await cluster.apply(configMap('owner', {}));
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: metadata.uid ?? '' };
    await cluster.apply(configMap('a', { x: '1' }, { ownerReferences: [reference] }));
    await cluster.delete({ ...mapRef, name: 'owner' });
    expect(await cluster.get(mapRef)).toBeUndefined();
  },

  'a list is in the order of namespace and name': async ({ cluster }) => {
    for (const [namespace, name] of [
      ['b', 'x'],
      ['a', 'z'],
      ['a', 'y'],
      ['default', 'x'],
    ])
      await cluster.apply(configMap(name ?? '', {}, { namespace: namespace ?? '' }));
    const all = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(all.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'a/y',
      'a/z',
      'b/x',
      'default/x',
    ]);
    const some = await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'a' });
    expect(some.map(({ metadata }) => metadata.name)).toEqual(['y', 'z']);
    expect(some[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  },

  'a list takes a label selector': async ({ cluster }) => {
    await cluster.apply(configMap('a', {}, { labels: { app: 'web', tier: 'db' } }));
    await cluster.apply(configMap('b', {}, { labels: { app: 'web' } }));
    await cluster.apply(configMap('c', {}));
    const names = async (labelSelector: string): Promise<string> =>
      (await cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', labelSelector }))
        .map(({ metadata }) => metadata.name)
        .join('');
    for (const [selector, expected] of [
      ['', 'abc'],
      ['app=web', 'ab'],
      ['app==web,tier!=db', 'b'],
      ['app in (web, api)', 'ab'],
      ['tier notin (db)', 'bc'],
      ['tier', 'a'],
      ['!app', 'c'],
    ])
      expect([selector, await names(selector ?? '')]).toEqual([selector, expected]);
  },

  'a kind without namespaces has none': async ({ cluster }) => {
    const stored = await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    expect(stored.metadata.namespace).toBeUndefined();
    expect(await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'team' })).toEqual(stored);
  },

  'what can never be is refused for good, with the reason': async ({ cluster }) => {
    const refused: readonly (readonly [KubeObject, RegExp])[] = [
      [configMap('No_Name', {}), /metadata\.name: Invalid value: "No_Name"/],
      [configMap('a', { x: 1 }), /expected string/],
      [
        deployment({ spec: { selector: { matchLabels: { app: 'other' } } } }),
        /`selector` does not match template `labels`/,
      ],
      [deployment({ replicas: -1 }), /spec\.replicas: Invalid value: -1: must be greater than or equal to 0/],
      [
        { apiVersion: 'v1', kind: 'Deployment', metadata: { name: 'web' } },
        /no matches for kind "Deployment" in version "v1"/,
      ],
    ];
    for (const [object, says] of refused)
      await expect(cluster.apply(object)).rejects.toMatchObject({
        kind: 'terminal',
        message: expect.stringMatching(says) as string,
      });
  },

  'a Deployment becomes ready': async ({ cluster, advance }) => {
    await cluster.apply(deployment({ replicas: 2 }));
    expect(((await cluster.get(webRef)) as Loose).status.readyReplicas).toBeUndefined();
    advance(5_000);
    expect(((await cluster.get(webRef)) as Loose).status).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    });
  },

  'a watch tells of appearing, changing, becoming ready and going': async ({ cluster, advance }) => {
    const stop = new AbortController();
    const look = watching(cluster, stop.signal);
    await look.until((object) => object === undefined);
    await cluster.apply(deployment());
    await look.until((object) => object !== undefined);
    advance(5_000);
    await look.until((object) => object?.status.readyReplicas === 1);
    await cluster.patch(webRef, { metadata: { labels: { patched: 'yes' } } });
    await look.until((object) => object?.metadata.labels?.patched === 'yes');
    await cluster.delete(webRef);
    await look.until((object) => object === undefined);
    stop.abort();
  },

  'an aborted watch tells nothing more': async ({ cluster }) => {
    await cluster.apply(configMap('a', { x: '1' }));
    const stop = new AbortController();
    let calls = 0;
    cluster.watch(mapRef, () => (calls += 1), stop.signal);
    const witness = new AbortController();
    const seen = Promise.withResolvers<void>();
    cluster.watch(mapRef, () => seen.resolve(), witness.signal);
    stop.abort();
    const before = calls;
    await cluster.apply(configMap('a', { x: '2' }));
    await seen.promise;
    expect(calls).toBe(before);
    witness.abort();
  },
};

/** Reads the Deployment web whenever the watch says so. */
function watching(
  cluster: Cluster,
  signal: AbortSignal,
): { until(isSeen: (object: Loose) => boolean): Promise<void> } {
  let wake: (() => void) | undefined;
  cluster.watch(webRef, () => wake?.(), signal);
  return {
    async until(isSeen) {
      for (;;) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (isSeen(await cluster.get(webRef))) return;
        await changed;
      }
    },
  };
}

function withEnv(...names: readonly string[]): DeploymentFixture {
  return { container: { env: names.map((name) => ({ name, value: `${name}1` })) } };
}
