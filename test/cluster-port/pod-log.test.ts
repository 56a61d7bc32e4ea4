import { afterEach, describe, expect, test } from 'vitest';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster, PodLogQuery } from '../../src/cluster/port.ts';
import { runnerRights } from '../../src/controller/install/rights.ts';
import { answerStatus, ApiServer } from './api-server.ts';
import { openMemory } from './fixtures.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A server whose Pod has written `lines`; it treats `tailLines` and `limitBytes` as Kubernetes does. */
async function open(lines: readonly string[]): Promise<{ server: ApiServer; cluster: Cluster }> {
  const server = await ApiServer.over((await openMemory()).cluster);
  server.intercept = ({ path, query }, response) => {
    if (path !== '/api/v1/namespaces/team/pods/web%201/log' && !path.endsWith('/pods/gone/log')) return false;
    if (path.includes('gone')) answerStatus(response, 404, 'NotFound', 'pods "gone" not found');
    else {
      const tail = lines.slice(-Number(query.get('tailLines'))).join('\n');
      response.end(Buffer.from(tail).subarray(0, Number(query.get('limitBytes'))));
    }
    return true;
  };
  const kubeconfig = writeKubeconfig([{ name: 'main', server: server.url }]);
  const clusters = await openKubernetesClusters({ kubeconfig: kubeconfig.file });
  closers.push(
    () => kubeconfig.remove(),
    () => server.close(),
    () => clusters.close(),
  );
  return { server, cluster: await clusters.get('') };
}

const pod = { namespace: 'team', name: 'web 1' };
const query: PodLogQuery = { container: 'main', previous: true, maxLines: 1000, maxBytes: 2000 };

describe('the log of a container', () => {
  test('is asked for in plain text, from its end', async () => {
    const { server, cluster } = await open(['one', 'two']);
    expect(await cluster.podLog?.(pod, query)).toBe('one\ntwo');
    const [seen] = server.seen.filter(({ path }) => path.endsWith('/log'));
    expect(Object.fromEntries(seen?.query ?? [])).toEqual({
      container: 'main',
      previous: 'true',
      tailLines: '1000',
      limitBytes: '2000',
    });
    expect(seen?.headers.authorization).toBe('Bearer token-main');
  });

  test('keeps its end when the lines are too long', async () => {
    const lines = Array.from({ length: 500 }, (_, index) => `${index} ${'x'.repeat(90)}`);
    const { cluster } = await open([...lines, 'panic: the end']);
    const log = (await cluster.podLog?.(pod, query)) ?? '';
    expect(log.endsWith('panic: the end')).toBe(true);
    expect(log.length).toBeLessThan(2000);
  });

  test('ends with one line, however long', async () => {
    const { cluster } = await open(['y'.repeat(5000)]);
    expect(await cluster.podLog?.(pod, query)).toBe('y'.repeat(2000));
  });

  test('of a Pod that is gone is an error that says so', async () => {
    const { cluster } = await open([]);
    await expect(cluster.podLog?.({ namespace: 'team', name: 'gone' }, query)).rejects.toMatchObject({
      kind: 'terminal',
      message: expect.stringContaining('pods "gone" not found') as string,
    });
  });

  test('there is none in memory, where no program runs', async () => {
    expect('podLog' in (await openMemory()).cluster).toBe(false);
  });

  test('may be read by the account that steps act as', () => {
    const right = runnerRights.find(({ resources }) => resources.includes('pods/log'));
    expect(right).toMatchObject({ group: '', verbs: expect.arrayContaining(['get']) as string[] });
  });
});
