import { afterEach, expect, test } from 'vitest';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { WatchLimits } from '../../src/cluster/kubernetes/watch-loop.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { answerStatus, ApiServer } from './api-server.ts';
import { configMap, openMemory } from './fixtures.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Place {
  /** What others do. */
  readonly cluster: Cluster;
  readonly server: ApiServer;
  readonly realCluster: Cluster;
  readonly stop: AbortController;
}

async function open(watch: Partial<WatchLimits> = {}): Promise<Place> {
  const { cluster } = await openMemory();
  const server = await ApiServer.over(cluster);
  const kubeconfig = writeKubeconfig([{ name: 'main', server: server.url }]);
  const limits = { watch: { firstRetryMs: 10, longestRetryMs: 40, jitter: () => 0, ...watch } };
  const real = await openKubernetesClusters({ kubeconfig: kubeconfig.file, limits });
  const stop = new AbortController();
  closers.push(
    () => kubeconfig.remove(),
    () => server.close(),
    () => real.close(),
    () => stop.abort(),
  );
  return { cluster, server, realCluster: await real.get(''), stop };
}

const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' };

/** Reads the ConfigMap whenever the watch tells of it, and waits for a value. */
function follow({ realCluster, stop }: Place): {
  readonly calls: () => number;
  until(value: string | undefined): Promise<void>;
} {
  let calls = 0;
  let wake: (() => void) | undefined;
  realCluster.watch(
    ref,
    () => {
      calls += 1;
      wake?.();
    },
    stop.signal,
  );
  return {
    calls: () => calls,
    async until(value) {
      for (;;) {
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        const object = await realCluster.get(ref);
        if ((object?.['data'] as { x?: string } | undefined)?.x === value) return;
        await changed;
      }
    },
  };
}

function watches(server: ApiServer): number {
  return server.seen.filter(({ query }) => query.get('watch') === 'true').length;
}

async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

test('a connection that ends is taken up, and what it did not tell is told then', async () => {
  const place = await open();
  await place.cluster.apply(configMap('a', { x: '1' }));
  // As if every line were lost on the way.
  let isLost = true;
  place.server.intercept = (seen, response) => {
    if (!isLost || !seen.query.has('watch')) return false;
    response.writeHead(200).flushHeaders();
    place.stop.signal.addEventListener('abort', () => response.destroy());
    lost = () => response.end();
    return true;
  };
  let lost = (): void => undefined;
  const followed = follow(place);
  await followed.until('1');
  await untilTrue(() => watches(place.server) === 1);
  await place.cluster.apply(configMap('a', { x: '2' }));
  isLost = false;
  // Ended by the server, as each is within a minute.
  lost();
  await followed.until('2');
  await untilTrue(() => watches(place.server) === 2);
  await place.cluster.apply(configMap('a', { x: '3' }));
  await followed.until('3');
});

test('what happens while the connection is broken is told afterwards', async () => {
  const place = await open();
  await place.cluster.apply(configMap('a', { x: '1' }));
  const followed = follow(place);
  await followed.until('1');
  await untilTrue(() => watches(place.server) === 1);
  let isCut = true;
  place.server.intercept = (seen, response) => {
    if (isCut && seen.query.has('fieldSelector')) response.destroy();
    return isCut && seen.query.has('fieldSelector');
  };
  place.server.breakConnections();
  await place.cluster.apply(configMap('a', { x: '2' }));
  await untilTrue(() => place.server.seen.length > 8);
  isCut = false;
  await followed.until('2');
});

test('a version that the server forgot is found anew by a list', async () => {
  const place = await open();
  await place.cluster.apply(configMap('a', { x: '1' }));
  const followed = follow(place);
  await followed.until('1');
  await untilTrue(() => watches(place.server) === 1);
  place.server.forgetVersions();
  place.server.endWatches();
  await place.cluster.apply(configMap('a', { x: '2' }));
  await followed.until('2');
});

test('silence on the wire is taken for a dead connection', async () => {
  const place = await open({ silenceMs: 30 });
  await place.cluster.apply(configMap('a', { x: '1' }));
  let isDead = true;
  place.server.intercept = (seen, response) => {
    if (!isDead || !seen.query.has('watch')) return false;
    response.writeHead(200).flushHeaders();
    return true;
  };
  const followed = follow(place);
  await followed.until('1');
  await untilTrue(() => watches(place.server) >= 2);
  await place.cluster.apply(configMap('a', { x: '2' }));
  isDead = false;
  await followed.until('2');
});

test('bookmarks keep a connection alive and tell nothing', async () => {
  const place = await open({ silenceMs: 1_000 });
  await place.cluster.apply(configMap('a', { x: '1' }));
  let sent = 0;
  place.server.intercept = (seen, response) => {
    if (!seen.query.has('watch') || sent > 0) return false;
    response.writeHead(200);
    const timer = setInterval(() => {
      sent += 1;
      response.write(`{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"mark-${sent}"}}}\n`);
      if (sent < 12) return;
      clearInterval(timer);
      response.end();
    }, 100);
    return true;
  };
  const followed = follow(place);
  await followed.until('1');
  const before = followed.calls();
  await untilTrue(() => watches(place.server) === 2);
  expect(sent).toBe(12);
  expect(followed.calls()).toBe(before);
});

test('a watch that is not allowed asks again, and tells nothing', async () => {
  const place = await open();
  place.server.intercept = ({ query }, response) => {
    if (!query.has('fieldSelector')) return false;
    answerStatus(response, 403, 'Forbidden', 'configmaps is forbidden');
    return true;
  };
  let calls = 0;
  place.realCluster.watch(ref, () => (calls += 1), place.stop.signal);
  await untilTrue(() => place.server.seen.length >= 3);
  expect(calls).toBe(0);
});

test('a watch of what was last read tells nothing by itself', async () => {
  const place = await open();
  await place.cluster.apply(configMap('a', { x: '1' }));
  await place.realCluster.get(ref);
  const followed = follow(place);
  await untilTrue(() => watches(place.server) === 1);
  await place.realCluster.get(ref);
  expect(followed.calls()).toBe(0);
});

test('what changes between a read and the beginning of the watch is told', async () => {
  const place = await open();
  await place.cluster.apply(configMap('a', { x: '1' }));
  await place.realCluster.get(ref);
  let calls = 0;
  place.realCluster.watch(ref, () => (calls += 1), place.stop.signal);
  await place.cluster.apply(configMap('a', { x: '2' }));
  await untilTrue(() => calls > 0);
});

test('another’s write through the same cluster is told to a watch that is about to begin', async () => {
  const place = await open();
  await place.realCluster.apply(configMap('a', { x: '1' }));
  let calls = 0;
  place.realCluster.watch(ref, () => (calls += 1), place.stop.signal);
  await place.realCluster.apply(configMap('a', { x: '2' }));
  await untilTrue(() => calls > 0);
});
