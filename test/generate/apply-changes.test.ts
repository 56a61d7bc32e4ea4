import { expect, test } from 'vitest';
import { SluiceError } from '../../src/api/errors.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { applyChanges } from '../../src/runner/generate/apply-changes.ts';
import { previewChanges } from '../../src/runner/generate/preview-changes.ts';
import { openMemory } from '../cluster-port/fixtures.ts';
import { madeOf, wishes } from './wishes.ts';

const manifests = madeOf('web-service', wishes['web service']?.variables ?? {});

/** Takes dry runs, and fails when it should keep an object of this kind. */
function failingFor(kind: string, cluster: Cluster): Pick<Cluster, 'get' | 'apply'> {
  return {
    get: (ref) => cluster.get(ref),
    async apply(object, options) {
      if (object.kind === kind && options?.dryRun !== true)
        throw new SluiceError('transient', 'ServiceUnavailable', 'the server went away');
      return cluster.apply(object, options);
    },
  };
}

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.name ?? ''}`;

test('stops at the first that fails, says how far it got, and goes on from there', async () => {
  const { cluster } = await openMemory();
  const failing = failingFor('PodDisruptionBudget', cluster);
  const first = await applyChanges(failing, (await previewChanges(failing, 'here', manifests)).changes);
  expect(first.done.map(({ outcome, manifest }) => `${outcome} ${nameOf(manifest)}`)).toEqual([
    'created NetworkPolicy cart',
    'created Service cart',
  ]);
  expect(first.failed).toMatchObject({
    manifest: { kind: 'PodDisruptionBudget' },
    error: { kind: 'transient' },
  });
  expect(first.left.map(nameOf)).toEqual(['Deployment cart']);
  const second = await applyChanges(cluster, (await previewChanges(cluster, 'here', manifests)).changes);
  expect(second.done.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'created', 'created']);
  expect(second.left).toEqual([]);
});

test('a preview changes nothing, and its digest is of the place and of what would change', async () => {
  const { cluster } = await openMemory();
  const first = await previewChanges(cluster, 'here', manifests);
  expect((await previewChanges(cluster, 'here', manifests)).digest).toBe(first.digest);
  expect((await previewChanges(cluster, 'there', manifests)).digest).not.toBe(first.digest);
  await applyChanges(cluster, first.changes);
  const again = await previewChanges(cluster, 'here', manifests);
  expect(again.changes.every(({ kind }) => kind === 'same')).toBe(true);
  expect(again.digest).not.toBe(first.digest);
});

test('values of Secrets, and of variables that hold one, are not shown, but that they differ is', async () => {
  const { cluster } = await openMemory();
  const objects = (password: string): readonly KubeObject[] => {
    const [workload] = madeOf('job', {
      image: 'corp.example/a:1',
      env: { API_TOKEN: password, LEVEL: 'info' },
    }).slice(1);
    return [
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db', namespace: 'shop' },
        stringData: { password, user: 'app-user-1' },
      },
      {
        ...workload,
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'a', namespace: 'shop' },
      },
    ];
  };
  await applyChanges(cluster, (await previewChanges(cluster, 'here', objects('hunter2-hunter2'))).changes);
  const same = await previewChanges(cluster, 'here', objects('hunter2-hunter2'));
  expect(same.changes.map(({ kind }) => kind)).toEqual(['same', 'same']);
  const { changes } = await previewChanges(cluster, 'here', objects('hunter3-hunter3'));
  expect(changes).toMatchObject([
    {
      kind: 'changed',
      before: { data: { password: '***', user: '***' } },
      after: { data: { password: '*** (another value)', user: '***' } },
    },
    { kind: 'changed' },
  ]);
  const [, widget] = changes;
  expect(JSON.stringify(widget?.after)).toContain(
    '[{"name":"API_TOKEN","value":"*** (another value)"},{"name":"LEVEL","value":"info"}]',
  );
  expect(JSON.stringify(changes.map(({ before, after }) => [before, after]))).not.toMatch(/hunter|aHVudGVy/);
});
