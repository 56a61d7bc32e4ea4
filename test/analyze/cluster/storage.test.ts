import { expect, test } from 'vitest';
import type { Json } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import { optionalAnalyzers } from '../../../src/analyze/cluster/optional-analyzers.ts';
import { ago } from '../kube-fixtures.ts';
import { analyze, event, found, object, type Row } from './objects.ts';

type Body = Readonly<Record<string, Json>>;

const isDefault = { 'storageclass.kubernetes.io/is-default-class': 'true' };
const storageClass = (name: string, body: Body = {}, metadata: ObjectMeta = {}): KubeObject =>
  object(
    'storage.k8s.io/v1',
    'StorageClass',
    name,
    { provisioner: 'ebs.csi.aws.com', ...body },
    { namespace: '', ...metadata },
  );
const fallback = storageClass('standard', {}, { annotations: isDefault });
const volume = (phase: string, spec: Body = {}): KubeObject =>
  object('v1', 'PersistentVolume', 'pv', { spec, status: { phase } }, { namespace: '' });
const claim = (phase: string, spec: Body = {}, metadata: ObjectMeta = {}): KubeObject =>
  object('v1', 'PersistentVolumeClaim', 'data', { spec, status: { phase } }, metadata);
const user = object('v1', 'Pod', 'web', {
  spec: { containers: [], volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
});
const late = storageClass('late', { volumeBindingMode: 'WaitForFirstConsumer' });
const pending = 'PersistentVolumeClaim data is in Pending state';
const waiting = claim('Pending', { storageClassName: 'standard' });

test.each<Row>([
  [
    'a provisioner of local volumes',
    [storageClass('l', { provisioner: 'kubernetes.io/no-provisioner' })],
    [],
  ],
  [
    'a provisioner that was removed',
    [storageClass('g', { provisioner: 'kubernetes.io/glusterfs' })],
    ["ProvisionerDeprecated: StorageClass g uses deprecated provisioner 'kubernetes.io/glusterfs'"],
  ],
  [
    'two defaults are one problem',
    [fallback, storageClass('fast', {}, { annotations: isDefault, creationTimestamp: ago(10) })],
    ['SeveralDefaultClasses: Multiple default StorageClasses found (2), which can cause confusion'],
  ],
  ['a failed volume', [volume('Failed')], ['VolumeFailed: PersistentVolume pv is in Failed state']],
  [
    'a released volume',
    [volume('Released')],
    ['VolumeReleased: PersistentVolume pv is in Released state and should be cleaned up'],
  ],
  [
    'a small volume',
    [volume('Available', { capacity: { storage: '10Mi' } })],
    ['VolumeSmall: PersistentVolume pv has small capacity (10Mi)'],
  ],
  [
    'a small volume and its claim are told once',
    [
      volume('Bound', { capacity: { storage: '10Mi' } }),
      claim('Bound', { storageClassName: 's', resources: { requests: { storage: '10Mi' } } }),
    ],
    ['ClaimSmall: PersistentVolumeClaim data has small capacity (10Mi)'],
  ],
  [
    'a claim that waits',
    [fallback, waiting, event(waiting, 'ProvisioningFailed', 'x')],
    [`ClaimPending: ${pending}`],
  ],
  ['a claim made just now', [claim('Pending', {}, { creationTimestamp: ago(5) })], []],
  ['a claim that waits for its first Pod', [late, claim('Pending', { storageClassName: 'late' })], []],
  [
    'a claim that waits though its first Pod is there',
    [late, user, claim('Pending', { storageClassName: 'late' })],
    [`ClaimPending: ${pending}`],
  ],
  [
    'a claim of a missing class',
    [fallback, claim('Pending', { storageClassName: 'x' })],
    [`StorageClassMissing: ${pending}`],
  ],
  ['a claim without a class', [claim('Pending')], [`NoDefaultStorageClass: ${pending}`]],
  [
    'two causes are two problems',
    [claim('Pending', { resources: { requests: { storage: 1000 } } })],
    [`NoDefaultStorageClass: ${pending}`, 'ClaimSmall: PersistentVolumeClaim data has small capacity (1000)'],
  ],
  [
    'a lost claim',
    [claim('Lost', { volumeName: 'pv' })],
    ['ClaimLost: PersistentVolumeClaim data is in Lost state'],
  ],
  [
    'no class, no default',
    [claim('')],
    ['StorageClassUnset: PersistentVolumeClaim data has no StorageClass specified'],
  ],
  ['no class, a default', [fallback, claim('')], []],
  ['a volume made by hand', [claim('', { storageClassName: '' })], []],
])('Storage: %s', async (_, objects, expected) => {
  expect(await found(objects, 'Storage')).toEqual(expected);
});

test('the kind is told with its object, and as k8sgpt writes it', async () => {
  const analyzers = optionalAnalyzers.filter(({ name }) => name === 'Storage');
  const { findings, checked } = await analyze([volume('Failed'), claim('Lost')], { analyzers });
  expect(findings.map(({ object: about, k8sgpt }) => [about.kind, k8sgpt?.kind])).toEqual([
    ['PersistentVolumeClaim', 'Storage/PersistentVolumeClaim'],
    ['PersistentVolume', 'Storage/PersistentVolume'],
  ]);
  expect(checked).toEqual([{ analyzer: 'Storage', objects: 2 }]);
});
