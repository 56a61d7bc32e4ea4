import { expect, test } from 'vitest';
import { SluiceError } from '../../../src/api/errors.ts';
import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { Analysis } from '../../../src/analyze/cluster/analyze-cluster.ts';
import { optionalAnalyzers } from '../../../src/analyze/cluster/optional-analyzers.ts';
import type { PodLogQuery, ReadOnlyCluster } from '../../../src/cluster/port.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { analyze, object } from './objects.ts';

const analyzers = optionalAnalyzers.filter(({ name }) => name === 'Log');

type Logs = Readonly<Record<string, string | SluiceError>>;

/** Logs by `pod/container`, with `?` for the run before; what was asked for, in order. */
function withLogs(
  pods: readonly KubeObject[],
  logs: Logs,
): ReadOnlyCluster & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    ...fakeCluster(pods),
    asked,
    async podLog({ name }, { container, previous, maxLines, maxBytes }: PodLogQuery) {
      const key = `${name}/${container}${previous ? '?' : ''}`;
      asked.push(key);
      expect([maxLines, maxBytes]).toEqual([100, 65_536]);
      const log = logs[key] ?? '';
      if (log instanceof SluiceError) throw log;
      return log;
    },
  };
}

const look = (cluster: ReadOnlyCluster, mostLogs?: number): Promise<Analysis> =>
  analyze(cluster, { analyzers, ...(mostLogs === undefined ? {} : { mostLogs }) });

const running: JsonObject = { name: 'c', ready: true, restartCount: 0, state: { running: {} } };
const crashing: JsonObject = {
  name: 'c',
  ready: false,
  restartCount: 3,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1 } },
};
const pod = (name: string, status: JsonObject, spec: JsonObject = {}): KubeObject =>
  object('v1', 'Pod', name, {
    spec: { containers: [{ name: 'c', env: [{ name: 'DB', value: 'hunter22' }] }], ...spec },
    status: { containerStatuses: [status] },
  });

test('the run before a crash is read, and told with a command that shows it', async () => {
  const cluster = withLogs([pod('web', crashing)], {
    'web/c?': 'panic: no hunter22 and token=abcdef\u0007\nERROR: x',
  });
  const { findings, notChecked } = await look(cluster);
  expect(notChecked).toEqual([]);
  expect(cluster.asked).toEqual(['web/c?']);
  expect(findings).toMatchObject([
    {
      id: 'FatalInLog',
      severity: 'high',
      container: 'c',
      text: 'The run before the last restart of container c says in its log: panic: no *** and token=*** (one of 2 such lines)',
      commands: ['kubectl logs web -n shop -c c --previous'],
      k8sgpt: {
        kind: 'Pod',
        name: 'shop/web/c',
        text: 'previous container logs: panic: no *** and token=***',
      },
    },
  ]);
});

test('one finding a container, of the worst of its runs', async () => {
  const restarted = { ...running, restartCount: 1 };
  const cluster = withLogs([pod('web', restarted)], { 'web/c?': 'FATAL: gone', 'web/c': 'ERROR: x' });
  const { findings } = await look(cluster);
  expect(findings.map(({ id, severity, text }) => [id, severity, text])).toEqual([
    ['FatalInLog', 'medium', 'The run before the last restart of container c says in its log: FATAL: gone'],
  ]);
});

test('a Pod that is well is of no concern, and what never ran or is done is not read', async () => {
  const waiting = { name: 'c', restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } };
  const done = { name: 'c', restartCount: 0, state: { terminated: { exitCode: 0 } } };
  const pods = [pod('a', waiting), pod('b', done), pod('c', running)];
  const cluster = withLogs(pods, { 'c/c': 'batch done, 0 errors' });
  expect((await look(cluster)).findings).toEqual([]);
  expect(cluster.asked).toEqual(['c/c']);
});

test('so many logs are read, of what is down first; the rest is not checked', async () => {
  const pods = [pod('a', running), pod('b', running), pod('z', crashing)];
  const cluster = withLogs(pods, { 'z/c?': 'FATAL: gone', 'a/c': 'ERROR: x', 'b/c': 'ERROR: x' });
  const { findings, notChecked } = await look(cluster, 1);
  expect(cluster.asked).toEqual(['z/c?']);
  expect(findings.map(({ object: about }) => about.name)).toEqual(['z']);
  expect(notChecked).toEqual([
    {
      analyzer: 'Log',
      verb: 'get',
      resource: 'pods/log',
      reason: 'LeftOut',
      text: '1 logs were read, those of containers that are down first',
      objects: 2,
    },
  ]);
});

const forbidden = new SluiceError('denied', 'Forbidden', 'pods "web" is forbidden: cannot get pods/log');
const gone = new SluiceError('terminal', 'BadRequest', 'previous terminated container "c" not found');
const unreachable = new SluiceError('transient', 'Http502', 'dial tcp 10.0.0.1:10250: i/o timeout');

test('a log that may not be read is not checked; a run that is gone has none', async () => {
  const { findings, notChecked } = await look(
    withLogs([pod('a', running), pod('b', running), pod('c', crashing)], {
      'a/c': forbidden,
      'b/c': forbidden,
      'c/c?': gone,
    }),
  );
  expect(findings).toEqual([]);
  expect(notChecked).toMatchObject([{ verb: 'get', resource: 'pods/log', reason: 'Forbidden', objects: 2 }]);
});

test('a node that does not answer is not asked for every one of its Pods', async () => {
  const pods = Array.from({ length: 40 }, (_, index) => pod(`p${index}`, running, { nodeName: 'n1' }));
  const logs = Object.fromEntries(pods.map(({ metadata }) => [`${metadata.name}/c`, unreachable]));
  const cluster = withLogs(pods, logs);
  const { notChecked } = await look(cluster);
  expect(cluster.asked.length).toBeLessThan(10);
  expect(notChecked).toMatchObject([{ reason: 'Failed', objects: 40 }]);
});

test('where no container runs, there are no logs to judge', async () => {
  const { notChecked } = await look(fakeCluster([pod('web', running)]));
  expect(notChecked).toMatchObject([{ analyzer: 'Log', reason: 'NotGiven', objects: 1 }]);
});

test('analyzers that want no logs read none', async () => {
  const cluster = withLogs([pod('web', crashing)], {});
  await analyze(cluster);
  expect(cluster.asked).toEqual([]);
});
