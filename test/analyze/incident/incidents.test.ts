import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { log } from '../../../src/analyze/cluster/analyzers/log.ts';
import { defaultAnalyzers } from '../../../src/analyze/cluster/default-analyzers.ts';
import { identityKey } from '../../../src/analyze/finding-identity.ts';
import { narrowIncidents } from '../../../src/analyze/incident/narrow-incidents.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { analyze, event, object, ownedBy } from '../cluster/objects.ts';
import { brokenDeployment, brokenPod, deadService, incidentsOf, toldOf, waiting } from './objects.ts';

const noSecret = waiting('CreateContainerConfigError', 'secret "db" not found');
const noImage = waiting('ErrImagePull', 'no such image');
const [web, webSet] = brokenDeployment('web', 3);
const webPods = ['web-a-1', 'web-a-2', 'web-a-3'].map((name) => brokenPod(name, webSet, noSecret));
const ingress = object('networking.k8s.io/v1', 'Ingress', 'web', {
  spec: { ingressClassName: 'gce', defaultBackend: { service: { name: 'web' } } },
});
const outage = [web, webSet, ...webPods, ...deadService('web', webPods), ingress];

/** A Deployment, its one Pod, which finds no image, and its Service. */
function outageOf(name: string): readonly KubeObject[] {
  const [deployment, set] = brokenDeployment(name);
  const pod = brokenPod(`${name}-a-1`, set, noImage);
  return [deployment, set, pod, ...deadService(name, [pod])];
}

const agents = object('apps/v1', 'DaemonSet', 'agent', {
  spec: { template: { spec: { imagePullSecrets: [{ name: 'registry' }] } } },
});
const cluster = { namespace: '' };
const node = object(
  'v1',
  'Node',
  'n1',
  {
    status: {
      conditions: [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'silent' }],
    },
  },
  cluster,
);
const hook = object(
  'admissionregistration.k8s.io/v1',
  'MutatingWebhookConfiguration',
  'policy',
  {
    webhooks: [
      { name: 'fine.io', clientConfig: { url: 'https://x' } },
      { name: 'inject.io', clientConfig: { service: { name: 'hook', namespace: 'shop' } } },
    ],
  },
  cluster,
);

function refused(name: string, message: string): readonly KubeObject[] {
  const [deployment, set] = brokenDeployment(name);
  const status = {
    conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }],
  };
  return [deployment, { ...set, status }];
}

function running(name: string, owner: KubeObject | undefined, nodeName: string): KubeObject {
  return brokenPod(name, owner, { running: {} }, { nodeName });
}

const claimSet = object('apps/v1', 'StatefulSet', 'db', {
  spec: { replicas: 1, volumeClaimTemplates: [{ spec: { storageClassName: 'fast' } }] },
  status: { replicas: 1, observedGeneration: 1, availableReplicas: 0 },
});
const claim = object('v1', 'PersistentVolumeClaim', 'data-db-0', { status: { phase: 'Pending' } });
const unscheduled: KubeObject = {
  ...brokenPod('db-0', claimSet, {}, { volumes: [{ persistentVolumeClaim: { claimName: 'data-db-0' } }] }),
  status: {
    phase: 'Pending',
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: 'pod has unbound immediate PersistentVolumeClaims',
      },
    ],
  },
};

const twoPaths = object('networking.k8s.io/v1', 'Ingress', 'two', {
  spec: {
    ingressClassName: 'gce',
    rules: [
      { http: { paths: ['a', 'b'].map((name) => ({ path: `/${name}`, backend: { service: { name } } })) } },
    ],
  },
});

function waitingFor(service: string): KubeObject {
  const command = ['sh', '-c', `until nc -z ${service} 5432; do sleep 2; done`];
  return object('v1', 'Pod', `for-${service}`, {
    spec: { initContainers: [{ name: 'wait', command }] },
    status: {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'wait', state: { running: { startedAt: '2020-01-01T00:00:00Z' } } }],
    },
  });
}

test.each<readonly [string, readonly KubeObject[], readonly string[]]>([
  [
    'what follows from a missing Secret goes with it',
    outage,
    [
      'Pod web-a-1 CreateContainerConfigError c',
      '= Pod web-a-2 CreateContainerConfigError c',
      '= Pod web-a-3 CreateContainerConfigError c',
      '> Deployment web ReplicasUnavailable: Deployment shop/web owns Pod shop/web-a-1',
      '> Service web EndpointsNotReady: Service shop/web selects Pod shop/web-a-1',
      '> Ingress web BackendNotReady: Ingress shop/web routes to Service shop/web',
    ],
  ],
  [
    'two causes under one owner are two incidents',
    [
      web,
      webSet,
      brokenPod('web-a-1', webSet, noImage),
      brokenPod('web-a-2', webSet, waiting('InvalidImageName', 'bad name')),
    ],
    [
      'Pod web-a-1 ErrImagePull c',
      '> Deployment web ReplicasUnavailable: Deployment shop/web owns Pod shop/web-a-1',
      'Pod web-a-2 InvalidImageName c',
    ],
  ],
  [
    'reasons that take turns are one',
    [
      brokenPod('web-a-1', webSet, noImage),
      brokenPod('web-a-2', webSet, waiting('ImagePullBackOff', 'no such image')),
    ],
    ['Pod web-a-1 ErrImagePull c', '= Pod web-a-2 ImagePullBackOff c'],
  ],
  [
    'a refused pull is explained neither by another Pod of its ReplicaSet nor by what follows from it',
    [
      web,
      webSet,
      brokenPod('web-a-1', webSet, waiting('ErrImagePull', 'pull access denied')),
      brokenPod('web-a-2', webSet, waiting('ErrImagePull', 'pull access denied')),
    ],
    [
      'Pod web-a-1 ErrImagePull c',
      '= Pod web-a-2 ErrImagePull c',
      '> Deployment web ReplicasUnavailable: Deployment shop/web owns Pod shop/web-a-1',
    ],
  ],
  [
    'another image of the same container is another cause',
    [
      brokenPod('web-a-1', webSet, noImage),
      brokenPod('web-a-2', webSet, noImage, { containers: [{ name: 'c', image: 'shop:2' }] }),
    ],
    ['Pod web-a-1 ErrImagePull c', 'Pod web-a-2 ErrImagePull c'],
  ],
  [
    'what misses the same object belongs together, whoever owns it',
    [brokenPod('one', undefined, noSecret), brokenPod('two', undefined, noSecret)],
    [
      'Pod one CreateContainerConfigError c',
      '> Pod two CreateContainerConfigError c: Pod shop/two refers to Secret shop/db, too',
    ],
  ],
  [
    'the same reason on Pods that nothing owns is not one cause',
    [brokenPod('one', undefined, noImage), brokenPod('two', undefined, noImage)],
    ['Pod one ErrImagePull c', 'Pod two ErrImagePull c'],
  ],
  [
    'a node that is down explains Pods that say nothing, and not a container that ends by itself',
    [
      node,
      web,
      webSet,
      running('web-a-1', webSet, 'n1'),
      brokenPod('job', undefined, waiting('InvalidImageName', 'bad'), { nodeName: 'n1' }),
    ],
    [
      'Node n1 NodeNotReady',
      '> Deployment web ReplicasUnavailable: Deployment shop/web owns Pod shop/web-a-1, which runs on Node n1',
      'Pod job InvalidImageName c',
    ],
  ],
  [
    'a refusal goes with the webhook that it names, if that is down',
    [hook, ...refused('web', 'failed calling webhook "inject.io": no service')],
    [
      'MutatingWebhookConfiguration policy WebhookServiceMissing',
      '> Deployment web ReplicasUnavailable: Deployment shop/web owns ReplicaSet shop/web-a',
      '> ReplicaSet web-a FailedCreate: ReplicaSet shop/web-a is refused its Pods by MutatingWebhookConfiguration policy',
    ],
  ],
  [
    'a refusal by a policy is its own cause',
    [hook, ...refused('web', 'admission webhook "inject.io" denied the request: no')],
    [
      'MutatingWebhookConfiguration policy WebhookServiceMissing',
      'ReplicaSet web-a FailedCreate',
      '> Deployment web ReplicasUnavailable: Deployment shop/web owns ReplicaSet shop/web-a',
    ],
  ],
  [
    'a webhook that keeps its own Pods from being made is the root',
    [hook, ...refused('hook', 'failed calling webhook "inject.io": x'), ...deadService('hook', [])],
    [
      'MutatingWebhookConfiguration policy WebhookWithoutPods',
      '> Deployment hook ReplicasUnavailable: Deployment shop/hook owns ReplicaSet shop/hook-a',
      '> ReplicaSet hook-a FailedCreate: ReplicaSet shop/hook-a is refused its Pods by MutatingWebhookConfiguration policy',
      '> Service hook NoEndpoints: Service shop/hook selects the Pods of Deployment shop/hook',
    ],
  ],
  [
    'a webhook that was left behind stands before the Service that it calls',
    [hook, ...deadService('hook', [])],
    [
      'MutatingWebhookConfiguration policy WebhookWithoutPods',
      '> Service hook NoEndpoints: Service shop/hook is called by MutatingWebhookConfiguration policy',
    ],
  ],
  [
    'an init container that waits for a Service goes with what the Service lacks',
    [...outageOf('db'), waitingFor('db'), waitingFor('other')],
    [
      'Pod db-a-1 ErrImagePull c',
      '> Deployment db ReplicasUnavailable: Deployment shop/db owns Pod shop/db-a-1',
      '> Service db EndpointsNotReady: Service shop/db selects Pod shop/db-a-1',
      '> Pod for-db InitContainerRunning wait: Pod shop/for-db waits for Service shop/db',
      'Pod for-other InitContainerRunning wait',
    ],
  ],
  [
    'of two paths of an Ingress, each goes with its own Service',
    [...outageOf('a'), ...deadService('b', []), twoPaths],
    [
      'Pod a-a-1 ErrImagePull c',
      '> Deployment a ReplicasUnavailable: Deployment shop/a owns Pod shop/a-a-1',
      '> Service a EndpointsNotReady: Service shop/a selects Pod shop/a-a-1',
      '> Ingress two BackendNotReady: Ingress shop/two routes to Service shop/a',
      'Service b NoEndpoints',
      '> Ingress two BackendNotReady: Ingress shop/two routes to Service shop/b',
    ],
  ],
  [
    'a Pod that waits for a claim whose class its owner misspells goes with that',
    [object('storage.k8s.io/v1', 'StorageClass', 'slow', {}, cluster), claimSet, claim, unscheduled],
    [
      'StatefulSet db StorageClassMissing',
      '> StatefulSet db ReplicasUnavailable: StatefulSet shop/db owns Pod shop/db-0',
      '> Pod db-0 Unschedulable: Pod shop/db-0 belongs to StatefulSet shop/db',
    ],
  ],
  [
    'a webhook whose Pods fail goes with them, and so does its Service',
    [hook, ...outageOf('hook')],
    [
      'Pod hook-a-1 ErrImagePull c',
      '> Deployment hook ReplicasUnavailable: Deployment shop/hook owns Pod shop/hook-a-1',
      '> Service hook EndpointsNotReady: Service shop/hook selects Pod shop/hook-a-1',
      '> MutatingWebhookConfiguration policy WebhookReceiverInactive: MutatingWebhookConfiguration policy calls Service shop/hook, which selects Pod shop/hook-a-1',
    ],
  ],
  [
    'a registry that refuses goes with the Secret that is missing for it, another fault does not',
    [
      agents,
      brokenPod('agent-1', agents, waiting('ErrImagePull', '401 Unauthorized')),
      brokenPod('agent-2', agents, noImage),
    ],
    [
      'Pod agent-2 ErrImagePull c',
      'DaemonSet agent PullSecretMissing',
      '> Pod agent-1 ErrImagePull c: Pod shop/agent-1 belongs to DaemonSet shop/agent',
    ],
  ],
  [
    'a claim, its Pod and its owner go with the storage class that is missing',
    [
      claimSet,
      claim,
      unscheduled,
      event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found'),
    ],
    [
      'StatefulSet db StorageClassMissing',
      '> StatefulSet db ReplicasUnavailable: StatefulSet shop/db owns Pod shop/db-0',
      '> Pod db-0 Unschedulable: Pod shop/db-0 belongs to StatefulSet shop/db',
      '> PersistentVolumeClaim data-db-0 ProvisioningFailed: PersistentVolumeClaim shop/data-db-0 refers to StorageClass fast, too',
    ],
  ],
])('%s', async (_, objects, told) => {
  const incidents = await incidentsOf(objects);
  expect(toldOf(incidents)).toEqual(told);
});

test('what a container says before it ends stands with that it ends', async () => {
  const crashed = brokenPod('web-1', undefined, waiting('CrashLoopBackOff', 'back-off'));
  const { status = {} } = crashed as { readonly status?: object };
  const ended = { terminated: { reason: 'Error', exitCode: 1 } };
  const pod = {
    ...crashed,
    status: {
      ...status,
      phase: 'Running',
      containerStatuses: [
        { name: 'c', restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended },
      ],
    },
  };
  const place = { ...fakeCluster([pod]), podLog: async () => 'panic: no such column' };
  const { incidents } = await analyze(place, { analyzers: [...defaultAnalyzers, log] });
  expect(toldOf(incidents)).toEqual([
    'Pod web-1 CrashLoopBackOff c',
    '> Pod web-1 FatalInLog c: both are of Pod shop/web-1',
  ]);
});

test('every finding is in one incident, whatever the order of what the cluster lists', async () => {
  const objects = [...outage, node, hook, running('x', undefined, 'n1')];
  const { findings, incidents } = await analyze(objects);
  const members = incidents.flatMap(({ root, alike, consequences }) => [
    root,
    ...alike,
    ...consequences.map(({ finding }) => finding),
  ]);
  expect(new Set(members)).toEqual(new Set(findings));
  expect(members.length).toBe(findings.length);
  const other = await analyze(objects.toReversed());
  expect(JSON.stringify(other.incidents)).toBe(JSON.stringify(incidents));
});

test('an incident is as bad as its worst member', async () => {
  const [incident] = await incidentsOf(outage);
  expect(incident).toMatchObject({ severity: 'critical', root: { severity: 'high' } });
});

test('an incident is known again when its Pods were made again or its reason takes its turn', async () => {
  const again = [brokenPod('web-a-9', webSet, waiting('ImagePullBackOff', 'no such image'))];
  const keys = [
    await incidentsOf([web, webSet, brokenPod('web-a-1', webSet, noImage)]),
    await incidentsOf([web, webSet, ...again]),
  ].map(([incident]) => incident && identityKey(incident.key));
  expect(keys[0]).toContain('"Deployment"');
  expect(keys[1]).toBe(keys[0]);
});

test('a Job is grouped under its CronJob', async () => {
  const cron = object('batch/v1', 'CronJob', 'backup', { spec: { schedule: '@daily' } });
  const jobs = ['backup-1', 'backup-2'].map((name) =>
    object(
      'batch/v1',
      'Job',
      name,
      { status: { failed: 1, conditions: [{ type: 'Failed', status: 'True' }] } },
      ownedBy(cron),
    ),
  );
  expect(toldOf(await incidentsOf([cron, ...jobs]))).toEqual([
    'Job backup-1 JobFailed',
    '= Job backup-2 JobFailed',
  ]);
});

test('without its root, an incident begins with what is like it, then with what follows from it', async () => {
  const { findings, incidents } = await analyze(outage);
  const without = (...names: readonly string[]): readonly string[] =>
    toldOf(
      narrowIncidents(
        incidents,
        findings.filter(({ object: { name } }) => !names.includes(name)),
      ),
    );
  expect(without('web-a-1')[0]).toBe('Pod web-a-2 CreateContainerConfigError c');
  expect(without('web-a-1', 'web-a-2', 'web-a-3')).toEqual([
    'Deployment web ReplicasUnavailable',
    '> Service web EndpointsNotReady: Service shop/web selects Pod shop/web-a-1',
    '> Ingress web BackendNotReady: Ingress shop/web routes to Service shop/web',
  ]);
  expect(without('web', 'web-a-1', 'web-a-2', 'web-a-3')).toEqual([]);
});
