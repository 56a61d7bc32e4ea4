import type { ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { analyzeCluster, type Analysis } from '../../../src/analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../../../src/analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../../../src/analyze/cluster/optional-analyzers.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import {
  openKubernetesClusters,
  type KubernetesLimits,
} from '../../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import { answerJson, answerStatus, ApiServer, type Seen } from '../../cluster-port/api-server.ts';
import { openMemory } from '../../cluster-port/fixtures.ts';
import { writeKubeconfig } from '../../cluster-port/kubeconfig-file.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Place {
  readonly server: ApiServer;
  /** Lists that were asked for, such as `/api/v1/pods?limit=500`. */
  readonly asked: () => readonly string[];
  readonly analyze: (...names: readonly string[]) => Promise<Analysis>;
}

/** A server that `answer` is asked for first; what it leaves is an empty list. */
async function open(
  answer: (seen: Seen, response: ServerResponse) => boolean,
  limits: Partial<KubernetesLimits> = {},
): Promise<Place> {
  const server = await ApiServer.over((await openMemory()).cluster);
  server.intercept = answer;
  const kubeconfig = writeKubeconfig([{ name: 'main', server: server.url }]);
  const clusters = await openKubernetesClusters({ kubeconfig: kubeconfig.file, limits });
  closers.push(
    () => kubeconfig.remove(),
    () => server.close(),
    () => clusters.close(),
  );
  return {
    server,
    asked: () => server.seen.map(({ path, query }) => `${path}?${query.toString()}`),
    analyze: async (...names) =>
      analyzeCluster(await clusters.get(''), {
        analyzers: [...defaultAnalyzers, ...optionalAnalyzers].filter(({ name }) => names.includes(name)),
        nowMs: Date.parse('2026-01-01T00:00:00Z'),
      }),
  };
}

const pod = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', uid: name },
  spec: { nodeName: 'node-1', containers: [{ name: 'c', image: 'web' }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'c',
        restartCount: 1,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
        lastState: { terminated: { reason: 'Error', exitCode: 1 } },
      },
    ],
  },
});

const pages =
  (path: string, items: readonly KubeObject[], next = '') =>
  (seen: Seen, response: ServerResponse): boolean => {
    if (seen.path !== path) return false;
    answerJson(response, 200, { kind: 'List', metadata: { continue: next }, items });
    return true;
  };
const pods = pages('/api/v1/pods', [pod('a'), pod('b')]);

const told = ({ findings, notChecked }: Analysis): unknown => ({
  findings: findings.map(({ object, id }) => `${object.kind} ${object.name} ${id}`),
  notChecked: notChecked.map(({ analyzer, resource, reason }) => `${analyzer} ${resource} ${reason}`),
});
const found = ['Pod a CrashLoopBackOff', 'Pod b CrashLoopBackOff'];

test.each<readonly [string, (response: ServerResponse) => unknown]>([
  ['never answers', () => undefined],
  ['answers without an end', (response) => response.write('{"kind":"List","items":[')],
])('a list that %s has its time, and the rest is judged', async (_, begin) => {
  const { analyze } = await open(
    (seen, response) => {
      if (seen.path !== '/api/v1/services') return pods(seen, response);
      begin(response);
      return true;
    },
    { requestMs: 500 },
  );
  expect(told(await analyze('Pod', 'Service'))).toEqual({
    findings: found,
    notChecked: ['Service services TimedOut'],
  });
});

test.each<readonly [number, unknown]>([
  [3, { findings: found, notChecked: [] }],
  [4, { findings: [], notChecked: ['Pod pods Failed'] }],
])('a server that asks %i times to come again is asked again, three times', async (times, expected) => {
  let refused = 0;
  const { analyze } = await open((seen, response) => {
    if (seen.path !== '/api/v1/pods' || refused++ >= times) return pods(seen, response);
    response.setHeader('retry-after', '0');
    answerStatus(response, 429, 'TooManyRequests', 'too many requests, please try again later');
    return true;
  });
  expect(told(await analyze('Pod'))).toEqual(expected);
});

const expired = (response: ServerResponse): boolean => {
  answerStatus(response, 410, 'Expired', 'The provided continue parameter is too old');
  return true;
};

test('a list whose second page has expired is read once more, and nothing counts twice', async () => {
  let tries = 0;
  const { analyze, asked } = await open((seen, response) => {
    if (seen.query.get('continue') !== 'more')
      return pages('/api/v1/pods', [pod('a')], 'more')(seen, response);
    return ++tries === 1 ? expired(response) : pages('/api/v1/pods', [pod('b')])(seen, response);
  });
  expect(told(await analyze('Pod'))).toEqual({ findings: found, notChecked: [] });
  expect(asked().filter((each) => each.startsWith('/api/v1/pods?'))).toEqual([
    '/api/v1/pods?limit=500',
    '/api/v1/pods?limit=500&continue=more',
    '/api/v1/pods?limit=500',
    '/api/v1/pods?limit=500&continue=more',
  ]);
});

test('one that expires again is not checked: its first page alone is not taken for all', async () => {
  const { analyze } = await open((seen, response) =>
    seen.query.get('continue') === 'more'
      ? expired(response)
      : pages('/api/v1/pods', [pod('a')], 'more')(seen, response),
  );
  expect(told(await analyze('Pod'))).toEqual({ findings: [], notChecked: ['Pod pods Failed'] });
});

test('a server that goes away in the middle: what was read is judged, the rest is named', async () => {
  const { server, analyze } = await open((seen, response) => {
    if (seen.path !== '/api/v1/services') return pods(seen, response);
    if (seen.query.get('continue') !== 'more') return pages('/api/v1/services', [], 'more')(seen, response);
    // Nobody is there any more who could answer.
    void server.close();
    return true;
  });
  const { findings, notChecked } = await analyze('Pod', 'Service');
  expect(findings.map(({ object }) => object.name)).toEqual(['a', 'b']);
  expect(notChecked).toMatchObject([{ analyzer: 'Service', resource: 'services', reason: 'Failed' }]);
  await expect(analyze('Pod')).rejects.toMatchObject({ code: 'ClusterUnreachable' });
});

test('a server that is there and answers nothing is not one without problems', async () => {
  const { analyze } = await open(() => true, { requestMs: 500 });
  await expect(analyze('Pod', 'Service')).rejects.toMatchObject({
    kind: 'environment',
    code: 'ClusterUnreachable',
    message: expect.stringContaining('time ran out') as string,
  });
});

test('objects of a megabyte come in smaller pages', async () => {
  const objects = Array.from({ length: 30 }, (_, index) => {
    const { metadata, ...rest } = pod(String(index).padStart(2, '0'));
    return { ...rest, metadata: { ...metadata, annotations: { big: 'x'.repeat(100_000) } } };
  });
  const { analyze, asked } = await open(
    (seen, response) => {
      const start = Number(seen.query.get('continue') ?? '0');
      const end = start + Number(seen.query.get('limit'));
      const next = end < objects.length ? String(end) : '';
      return pages('/api/v1/pods', objects.slice(start, end), next)(seen, response);
    },
    { answerBytes: 1_000_000 },
  );
  const { findings, notChecked } = await analyze('Pod');
  expect({ count: findings.length, notChecked }).toEqual({ count: 30, notChecked: [] });
  expect(asked().filter((each) => each.startsWith('/api/v1/pods?')).length).toBe(8);
});

test('of Secrets the metadata is asked for, and what a server sends of them all the same is shown nowhere', async () => {
  const secrets = Array.from({ length: 300 }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `s${index}`, namespace: 'shop' },
    data: { password: Buffer.from(`hunter2-${'x'.repeat(7500)}`).toString('base64') },
  }));
  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { ingressClassName: 'gce', tls: [{ secretName: 's1' }, { secretName: 'gone' }] },
  };
  const { server, analyze } = await open(
    (seen, response) =>
      pages('/api/v1/secrets', secrets)(seen, response) ||
      pages('/apis/networking.k8s.io/v1/ingresses', [ingress])(seen, response),
  );
  const analysis = await analyze('Ingress');
  expect(analysis.findings.map(({ id, fieldPath }) => `${id} ${fieldPath ?? ''}`)).toEqual([
    'TlsSecretMissing spec.tls[1].secretName',
  ]);
  expect(JSON.stringify(analysis)).not.toMatch(/hunter2|aHVudGVyMi/);
  const asked = server.seen.find(({ path }) => path === '/api/v1/secrets');
  expect(asked?.headers.accept).toContain('as=PartialObjectMetadataList');
});

test('of a log of 30 MB the end is asked for, and one that comes whole all the same is not read', async () => {
  const line = 'x'.repeat(99);
  const log = `${`${line}\n`.repeat(300_000)}FATAL cannot open the database\n`;
  const { server, analyze } = await open((seen, response) => {
    if (!seen.path.endsWith('/log')) return pods(seen, response);
    const isBounded = seen.path.includes('/a/');
    const tail = log
      .slice(-200_000)
      .split('\n')
      .slice(-Number(seen.query.get('tailLines')) - 1);
    response.end(isBounded ? tail.join('\n').slice(0, Number(seen.query.get('limitBytes'))) : log);
    return true;
  });
  const { findings, notChecked } = await analyze('Log');
  expect(findings.map(({ object, id }) => `${object.name} ${id}`)).toEqual(['a FatalInLog']);
  expect(notChecked).toMatchObject([{ analyzer: 'Log', resource: 'pods/log', reason: 'Failed', objects: 1 }]);
  expect(notChecked[0]?.text).toContain('larger than');
  for (const { path, query } of server.seen.filter((seen) => seen.path.endsWith('/log')))
    expect(Number(query.get('limitBytes')), path).toBeLessThanOrEqual(64 * 1024);
});
