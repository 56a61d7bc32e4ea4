import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { bareDeployment, podOf, replicaSetOf, runningStatus, waitingStatus } from './kube-fixtures.ts';
import { diagnosisOf, idsOf } from './scene.ts';

const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 'uid-service' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};
const slice = (ready: boolean): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'web-abc', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [{ addresses: ['10.0.0.7'], conditions: { ready } }],
});
const parent = replicaSetOf(bareDeployment());

test('a Service with a ready endpoint is well', async () => {
  const others = [slice(true), podOf(parent, { status: runningStatus(true) })];
  expect(await diagnosisOf({ object: service, others })).toMatchObject({ causes: [], health: 'healthy' });
});

test('a Service that no Pod matches', async () => {
  const result = await diagnosisOf({ object: service, others: [] });
  expect(result.causes).toMatchObject([
    {
      id: 'ServiceWithoutEndpoints',
      text: expect.stringContaining('no Pod in its namespace has the labels app=web') as string,
    },
  ]);
});

test('a Service whose Pods are not ready: they are the cause, it only follows', async () => {
  const pod = podOf(parent, {
    status: waitingStatus('CreateContainerConfigError', 'secret "db" not found'),
  });
  const result = await diagnosisOf({ object: service, others: [slice(false), pod] });
  expect(idsOf(result.causes)).toEqual(['ContainerConfigError']);
  expect(idsOf(result.consequences)).toEqual(['ServiceWithoutEndpoints']);
});

test('a Service without endpoint objects is judged by its Pods', async () => {
  const ready = await diagnosisOf({
    object: service,
    others: [podOf(parent, { status: runningStatus(true) })],
  });
  expect(idsOf(ready.causes)).toEqual([]);
});

test.each<[string, JsonObject]>([
  ['without a selector', { ports: [{ port: 80 }] }],
  ['of type ExternalName', { type: 'ExternalName', externalName: 'db.example.com', selector: { app: 'db' } }],
])('a Service %s has no endpoints to miss', async (_name, spec) => {
  expect(idsOf((await diagnosisOf({ object: { ...service, spec }, others: [] })).causes)).toEqual([]);
});
