import { describe, expect, test } from 'vitest';
import { SluiceError, type ErrorKind } from '../../src/api/errors.ts';
import type { JsonObject } from '../../src/api/json.ts';
import type { OpOutcome } from '../../src/api/op-spec.ts';
import { ops } from '../../src/ops/registry.ts';
import { perform, refresh, testContext } from './context.ts';
import { fakeCluster } from './fake-cluster.ts';

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } };
const runLabels = { 'workflowrun.oam.dev/name': 'demo', 'workflowrun.oam.dev/namespace': 'team' };

function pod(name: string, namespace: string, labels: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels } };
}

describe('apply', () => {
  test('puts the object into the run’s namespace, with the run’s labels', async () => {
    const value = { ...deployment, metadata: { name: 'web', labels: { app: 'web' }, managedFields: [{}] } };
    const outcome = await perform('apply', { value }, testContext());
    expect(outcome).toEqual({
      kind: 'ok',
      result: {
        value: {
          ...deployment,
          metadata: { name: 'web', namespace: 'team', labels: { app: 'web', ...runLabels } },
          status: { observed: true },
        },
        subject: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          namespace: 'team',
          name: 'web',
          digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
        },
      },
      watch: [{ cluster: '', apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'team', name: 'web' }],
    });
  });

  test('names what was rendered by one digest, whatever the cluster and the run make of it', async () => {
    const context = testContext({ clusters: { '': fakeCluster(), prod: fakeCluster() } });
    const subjectOf = (outcome: OpOutcome): unknown =>
      outcome.kind === 'ok' && (outcome.result as { subject: unknown }).subject;
    const here = await perform('apply', { value: deployment }, context);
    const there = await perform('apply', { cluster: 'prod', value: deployment }, context);
    const inList = await perform('apply-in-parallel', { value: [deployment] }, context);
    expect(subjectOf(there)).toEqual(subjectOf(here));
    expect(subjectOf(inList)).toEqual([subjectOf(here)]);
    expect(subjectOf(await refresh('apply', here, context))).toEqual(subjectOf(here));
    const changed = await perform('apply', { value: { ...deployment, spec: { replicas: 2 } } }, context);
    expect(subjectOf(changed)).not.toEqual(subjectOf(here));
  });

  test('hides it from templates that have fields of their own beside the request', async () => {
    const outcome = await perform('apply', { value: deployment }, testContext());
    if (outcome.kind !== 'ok') throw new Error(outcome.message);
    const shown = (style: 'inline' | 'returns'): unknown =>
      ops.get('apply')?.cueResult?.(outcome.result, style);
    expect(shown('inline')).not.toHaveProperty('subject');
    expect(shown('returns')).toHaveProperty('subject.digest');
  });

  test.each([
    [
      'a namespace that is given',
      { ...deployment, metadata: { name: 'web', namespace: 'own' } },
      'apply Deployment own/web',
    ],
    [
      'an empty namespace',
      { ...deployment, metadata: { name: 'web', namespace: '' } },
      'apply Deployment team/web',
    ],
    [
      'a kind without namespaces',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
      'apply Namespace -/n',
    ],
    [
      'a kind without namespaces that is given one',
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'r', namespace: 'x' },
      },
      'apply ClusterRole -/r',
    ],
    [
      'a kind nobody knows',
      { apiVersion: 'shop.example/v1', kind: 'Cart', metadata: { name: 'c' } },
      'apply Cart team/c',
    ],
    [
      'a kind of another group',
      { apiVersion: 'x.example/v1', kind: 'Node', metadata: { name: 'c' } },
      'apply Node team/c',
    ],
  ])('%s', async (_what, value, call) => {
    const cluster = fakeCluster();
    await perform('apply', { value }, testContext({ clusters: { '': cluster } }));
    expect(cluster.calls).toEqual([call]);
  });

  test('goes to the cluster that is named', async () => {
    const [local, prod] = [fakeCluster(), fakeCluster('prod')];
    const context = testContext({ clusters: { '': local, prod } });
    const outcome = await perform('apply', { value: deployment, cluster: 'prod' }, context);
    expect([local.calls, prod.calls]).toEqual([[], ['apply Deployment team/web']]);
    expect(outcome).toMatchObject({ watch: [{ cluster: 'prod' }] });
    expect((await refresh('apply', outcome, context)).kind).toBe('ok');
    expect(prod.calls).toEqual(['apply Deployment team/web', 'get Deployment team/web']);
  });

  test('to a cluster nobody knows says which there are', async () => {
    expect(await perform('apply', { value: deployment, cluster: 'pord' }, testContext())).toEqual({
      kind: 'error',
      class: 'terminal',
      message: 'apply Deployment team/web on cluster pord: there is no cluster "pord" (there is: prod)',
    });
  });

  test('of a Secret makes its values known before it is sent', async () => {
    const cluster = fakeCluster();
    cluster.failWith(new SluiceError('transient', 'Busy', 'try again'));
    const context = testContext({ clusters: { '': cluster } });
    const value = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { plain: 'plain-value', short: 'abc' },
      data: { coded: Buffer.from('coded-value').toString('base64') },
    };
    await perform('apply', { value }, context);
    expect(context.secrets).toEqual(
      expect.arrayContaining(['plain-value', 'coded-value', 'Y29kZWQtdmFsdWU=']),
    );
    expect(context.secrets).not.toContain('abc');
  });

  test('that is refreshed finds the object as it is now, or says that it went', async () => {
    const cluster = fakeCluster();
    const context = testContext({ clusters: { '': cluster } });
    const outcome = await perform('apply', { value: deployment }, context);
    cluster.seed({
      ...deployment,
      metadata: { name: 'web', namespace: 'team' },
      status: { readyReplicas: 1 },
    });
    expect(await refresh('apply', outcome, context)).toMatchObject({
      result: { value: { status: { readyReplicas: 1 } } },
    });
    await cluster.delete({ ...deployment, namespace: 'team', name: 'web' });
    expect(await refresh('apply', outcome, context)).toMatchObject({
      kind: 'error',
      message: 'Deployment team/web is not there any more',
    });
  });
});

describe('an error of the cluster', () => {
  test.each<[ErrorKind, string]>([
    ['transient', 'transient'],
    ['environment', 'transient'],
    ['denied', 'terminal'],
    ['terminal', 'terminal'],
    ['invalid', 'terminal'],
    ['indeterminate', 'indeterminate'],
  ])('%s is %s', async (kind, outcomeClass) => {
    const cluster = fakeCluster('prod');
    cluster.failWith(new SluiceError(kind, 'Some', 'the reason', { retryAfterMs: 7000 }));
    const context = testContext({ clusters: { prod: cluster } });
    for (const [op, params, doing] of [
      ['apply', { value: deployment }, 'apply Deployment team/web on cluster prod'],
      ['read', { value: deployment }, 'read Deployment team/web on cluster prod'],
      ['patch', { value: deployment, patch: {} }, 'patch Deployment team/web on cluster prod'],
      ['delete', { value: deployment }, 'delete Deployment team/web on cluster prod'],
      ['list', { resource: { apiVersion: 'v1', kind: 'Pod' } }, 'list Pod on cluster prod'],
      [
        'delete',
        { value: { apiVersion: 'v1', kind: 'Pod' }, filter: { matchingLabels: { app: 'a' } } },
        'delete Pod by filter on cluster prod',
      ],
    ] as const) {
      expect(await perform(op, { ...params, cluster: 'prod' }, context)).toEqual({
        kind: 'error',
        class: outcomeClass,
        message: `${doing}: the reason`,
        retryAfterMs: 7000,
      });
    }
  });

  test('that is a bug is thrown on', async () => {
    const cluster = fakeCluster();
    const context = testContext({ clusters: { '': cluster } });
    cluster.failWith(new SluiceError('bug', 'Oops', 'ours'));
    await expect(perform('read', { value: deployment }, context)).rejects.toMatchObject({ kind: 'bug' });
    cluster.failWith(new TypeError('not ours'));
    await expect(perform('read', { value: deployment }, context)).rejects.toThrow(TypeError);
  });
});

describe('apply-in-parallel', () => {
  const value = Array.from({ length: 12 }, (_each, index) => ({
    ...deployment,
    metadata: { name: `web-${index}` },
  }));

  test('answers in the order of the list and watches all', async () => {
    const outcome = await perform('apply-in-parallel', { value }, testContext());
    expect(outcome.kind === 'ok' && (outcome.result as { value: unknown[] }).value).toMatchObject(value);
    expect(outcome).toMatchObject({ watch: value.map(({ metadata }) => ({ name: metadata.name })) });
  });

  test('names every object that failed, and goes no further', async () => {
    const cluster = fakeCluster();
    cluster.failWith(new SluiceError('transient', 'Busy', 'busy'));
    const outcome = await perform('apply-in-parallel', { value }, testContext({ clusters: { '': cluster } }));
    expect(outcome).toMatchObject({ kind: 'error', class: 'transient' });
    expect(outcome.kind === 'error' && outcome.message).toContain(
      'web-0: busy; apply Deployment team/web-1: busy',
    );
    expect(cluster.calls).toHaveLength(5);
  });

  test('of nothing is nothing', async () => {
    expect(await perform('apply-in-parallel', { value: [] }, testContext())).toMatchObject({
      result: { value: [] },
    });
  });
});

describe('read', () => {
  test('finds the object', async () => {
    const cluster = fakeCluster();
    cluster.seed({ ...deployment, metadata: { name: 'web', namespace: 'team' } });
    const outcome = await perform('read', { value: deployment }, testContext({ clusters: { '': cluster } }));
    expect(outcome).toMatchObject({ kind: 'ok', result: { value: { kind: 'Deployment' } } });
  });

  test('of an object that is not there says so, and finds it later', async () => {
    const cluster = fakeCluster();
    const context = testContext({ clusters: { '': cluster } });
    const outcome = await perform('read', { value: deployment }, context);
    expect(outcome).toMatchObject({
      kind: 'ok',
      result: { err: 'Deployment team/web not found' },
      watch: [{ kind: 'Deployment', namespace: 'team', name: 'web' }],
    });
    cluster.seed({ ...deployment, metadata: { name: 'web', namespace: 'team' } });
    expect(await refresh('read', outcome, context)).toMatchObject({
      result: { value: { kind: 'Deployment' } },
    });
  });

  test('of a Secret makes its values known, passwords of registries too', async () => {
    const cluster = fakeCluster();
    const registry = JSON.stringify({
      auths: { 'r.example': { username: 'bob', password: 'hunter2', auth: 'Ym9iOmh1' } },
    });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'team' } };
    const data = {
      token: 'dG9rZW4tdmFsdWU=',
      '.dockerconfigjson': Buffer.from(registry).toString('base64'),
      bytes: '//79/A==',
    };
    cluster.seed({ ...secret, data });
    const context = testContext({ clusters: { '': cluster } });
    await perform('read', { value: secret }, context);
    expect(context.secrets).toEqual(
      expect.arrayContaining([
        'token-value',
        'dG9rZW4tdmFsdWU=',
        'hunter2',
        'Ym9iOmh1',
        registry,
        '//79/A==',
      ]),
    );
    const listing = testContext({ clusters: { '': cluster } });
    await perform('list', { resource: { apiVersion: 'v1', kind: 'Secret' } }, listing);
    expect(listing.secrets).toContain('token-value');
  });

  test('of a ConfigMap makes nothing known', async () => {
    const cluster = fakeCluster();
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'team' } };
    cluster.seed({ ...map, data: { plain: 'plain-value' } });
    const context = testContext({ clusters: { '': cluster } });
    await perform('read', { value: map }, context);
    expect(context.secrets).toEqual([]);
  });
});

describe('list', () => {
  test('gives the objects in both shapes, by namespace and labels', async () => {
    const cluster = fakeCluster();
    cluster.seed(pod('a', 'team', { app: 'web' }), pod('b', 'other', { app: 'web' }), pod('c', 'team'));
    const context = testContext({ clusters: { '': cluster } });
    const resource = { apiVersion: 'v1', kind: 'Pod' };
    const all = await perform('list', { resource }, context);
    expect(all).toMatchObject({ result: { values: [{}, {}, {}] } });
    const filter = { namespace: 'team', matchingLabels: { app: 'web' } };
    const outcome = await perform('list', { resource, filter }, context);
    const found = [pod('a', 'team', { app: 'web' })];
    expect(outcome).toMatchObject({ result: { values: found, list: { items: found } } });
    expect(cluster.calls).toEqual(['list Pod * *', 'list Pod team app=web']);
    cluster.seed(pod('d', 'team', { app: 'web' }));
    expect(await refresh('list', outcome, context)).toMatchObject({ result: { values: [{}, {}] } });
    expect(cluster.calls.at(-1)).toBe('list Pod team app=web');
  });
});

describe('patch', () => {
  test('sends the fields and the run’s labels', async () => {
    const cluster = fakeCluster();
    cluster.seed({ ...deployment, metadata: { name: 'web', namespace: 'team' }, spec: { replicas: 1 } });
    const context = testContext({ clusters: { '': cluster } });
    const patch = { spec: { replicas: 3 }, metadata: { labels: { tier: 'a' } } };
    const outcome = await perform('patch', { value: deployment, patch }, context);
    expect(outcome).toMatchObject({
      kind: 'ok',
      result: { result: { spec: { replicas: 3 }, metadata: { labels: { tier: 'a', ...runLabels } } } },
    });
    expect(await refresh('patch', outcome, context)).toMatchObject({
      result: { result: { kind: 'Deployment' } },
    });
  });
});

describe('delete', () => {
  test('of one, there or not', async () => {
    const cluster = fakeCluster();
    cluster.seed(pod('a', 'team'));
    const context = testContext({ clusters: { '': cluster } });
    const value = { apiVersion: 'v1', kind: 'pod', metadata: { name: 'a' } };
    expect(await perform('delete', { value }, context)).toMatchObject({ result: { deleted: 1 } });
    expect(await perform('delete', { value }, context)).toMatchObject({ result: { deleted: 0 } });
  });

  test('of all that match, in the run’s namespace unless another is named', async () => {
    const cluster = fakeCluster();
    const labels = { app: 'web' };
    cluster.seed(
      pod('a', 'team', labels),
      pod('b', 'team', labels),
      pod('c', 'team'),
      pod('d', 'other', labels),
    );
    const context = testContext({ clusters: { '': cluster } });
    const value = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ignored' } };
    const filter = { matchingLabels: labels };
    expect(await perform('delete', { value, filter }, context)).toMatchObject({ result: { deleted: 2 } });
    expect(cluster.calls).toEqual(['list Pod team app=web', 'delete Pod team/a', 'delete Pod team/b']);
    const other = { ...filter, namespace: 'other' };
    expect(await perform('delete', { value, filter: other }, context)).toMatchObject({
      result: { deleted: 1 },
    });
  });

  test.each([{}, { matchingLabels: {} }, { namespace: '', matchingLabels: {} }])(
    'with the filter %j is refused: it would delete everything',
    async (filter) => {
      const cluster = fakeCluster();
      const params = { value: { apiVersion: 'v1', kind: 'Pod' }, filter };
      const outcome = await perform('delete', params, testContext({ clusters: { '': cluster } }));
      expect(outcome).toMatchObject({ kind: 'error', class: 'terminal' });
      expect(cluster.calls).toEqual([]);
    },
  );

  test('of neither a name nor a filter is refused', async () => {
    expect(
      await perform('delete', { value: { apiVersion: 'v1', kind: 'Pod' } }, testContext()),
    ).toMatchObject({
      kind: 'error',
      class: 'terminal',
      message: 'delete Pod: give value.metadata.name, or a filter',
    });
  });
});

describe('convert-string', () => {
  test.each([
    ['R3LDvMOfZQ==', 'Grüße'],
    ['R3LDvM\nOfZQ==\n', 'Grüße'],
    ['', ''],
    ['77u/eA==', '\ufeffx'],
  ])('%j is text', async (bt, str) => {
    expect(await perform('convert-string', { bt }, testContext())).toEqual({ kind: 'ok', result: { str } });
  });

  test.each(['not base64!', '//79/A=='])('%s is refused', async (bt) => {
    expect(await perform('convert-string', { bt }, testContext())).toMatchObject({
      kind: 'error',
      class: 'terminal',
    });
  });
});
