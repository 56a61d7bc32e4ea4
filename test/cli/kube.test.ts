import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { describeObject } from '../../src/cli/kube/describe-object.ts';
import { findKind } from '../../src/cli/kube/look-up.ts';
import { objectTable } from '../../src/cli/kube/object-table.ts';
import { podStatus } from '../../src/cli/kube/pod-status.ts';
import { age } from '../../src/cli/render/elapsed.ts';

const nowMs = Date.parse('2026-01-01T01:00:00Z');
const created = '2026-01-01T00:55:00Z';

function object(kind: string, body: Readonly<Record<string, Json>>, name = 'web'): KubeObject {
  return {
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: 'default', uid: `uid-${name}`, creationTimestamp: created },
    ...body,
  };
}

function pod(status: JsonObject, spec: JsonObject = { containers: [{ name: 'c' }] }): KubeObject {
  return object('Pod', { spec, status });
}

const waiting = (reason: string): JsonObject => ({
  ready: false,
  restartCount: 0,
  state: { waiting: { reason } },
});
const terminated = (state: JsonObject): JsonObject => ({
  ready: false,
  restartCount: 0,
  state: { terminated: state },
});
const running: JsonObject = { ready: true, restartCount: 2, state: { running: {} } };

describe('the STATUS of a Pod', () => {
  const init = { initContainers: [{ name: 'i' }, { name: 'j' }], containers: [{ name: 'c' }] };
  test.each<readonly [string, KubeObject]>([
    ['Pending', pod({ phase: 'Pending' })],
    ['ImagePullBackOff', pod({ phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] })],
    ['Running', pod({ phase: 'Running', containerStatuses: [running] })],
    [
      'CrashLoopBackOff',
      pod({ phase: 'Running', containerStatuses: [waiting('CrashLoopBackOff'), running] }),
    ],
    [
      'Completed',
      pod({ phase: 'Succeeded', containerStatuses: [terminated({ exitCode: 0, reason: 'Completed' })] }),
    ],
    ['ExitCode:3', pod({ phase: 'Failed', containerStatuses: [terminated({ exitCode: 3 })] })],
    ['Signal:9', pod({ phase: 'Failed', containerStatuses: [terminated({ exitCode: 137, signal: 9 })] })],
    ['Evicted', pod({ phase: 'Failed', reason: 'Evicted' })],
    [
      'NotReady',
      pod({
        phase: 'Running',
        containerStatuses: [terminated({ exitCode: 0, reason: 'Completed' }), running],
      }),
    ],
    [
      'Init:1/2',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [terminated({ exitCode: 0 }), waiting('PodInitializing')],
        },
        init,
      ),
    ],
    [
      'Init:Error',
      pod({ phase: 'Pending', initContainerStatuses: [terminated({ exitCode: 1, reason: 'Error' })] }, init),
    ],
    ['Init:ErrImagePull', pod({ phase: 'Pending', initContainerStatuses: [waiting('ErrImagePull')] }, init)],
    [
      'SchedulingGated',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
    ],
  ])('is %s', (status, each) => expect(podStatus(each).status).toBe(status));

  test('is Terminating while it is deleted', () => {
    const each = pod({ phase: 'Running', containerStatuses: [running] });
    const deleted = { ...each, metadata: { ...each.metadata, deletionTimestamp: created } };
    expect(podStatus(deleted).status).toBe('Terminating');
  });
});

describe('the table of', () => {
  const template = { spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  const rows: readonly (readonly [string, KubeObject, string])[] = [
    [
      'Pod',
      pod({ phase: 'Running', containerStatuses: [running] }),
      'NAME READY STATUS RESTARTS AGE|web 1/1 Running 2 5m',
    ],
    [
      'Deployment',
      object('Deployment', {
        spec: { replicas: 3, template },
        status: { readyReplicas: 1, updatedReplicas: 3, availableReplicas: 1 },
      }),
      'NAME READY UP-TO-DATE AVAILABLE AGE|web 1/3 3 1 5m',
    ],
    [
      'ReplicaSet',
      object('ReplicaSet', { status: { replicas: 1 } }),
      'NAME DESIRED CURRENT READY AGE|web 1 1 0 5m',
    ],
    [
      'Job',
      object('Job', {
        status: {
          succeeded: 1,
          conditions: [{ type: 'Complete', status: 'True' }],
          startTime: created,
          completionTime: '2026-01-01T00:55:04Z',
        },
      }),
      'NAME STATUS COMPLETIONS DURATION AGE|web Complete 1/1 4.0s 5m',
    ],
    [
      'Service',
      object('Service', {
        spec: { type: 'NodePort', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30080 }] },
      }),
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE|web NodePort 10.0.0.1 <none> 80:30080/TCP 5m',
    ],
    ['ConfigMap', object('ConfigMap', { data: { a: '1', b: '2' } }), 'NAME DATA AGE|web 2 5m'],
    [
      'Secret',
      object('Secret', { data: { password: 'aHVudGVyMg==' } }),
      'NAME TYPE DATA AGE|web Opaque 1 5m',
    ],
    ['Widget', object('Widget', {}), 'NAME AGE|web 5m'],
    ['constructor', object('constructor', {}), 'NAME AGE|web 5m'],
    [
      'Event',
      object('Event', {
        type: 'Warning',
        reason: 'Failed',
        message: 'pull\nfailed',
        lastTimestamp: '2026-01-01T00:59:30Z',
        involvedObject: { kind: 'Pod', name: 'web-1' },
      }),
      'LAST SEEN TYPE REASON OBJECT MESSAGE|30s Warning Failed pod/web-1 pull failed',
    ],
  ];
  test.each(rows)('%s', (kind, each, expected) => {
    const text = objectTable(kind, [each], { nowMs, isWide: false, hasNamespaces: false });
    expect(text.trimEnd().replaceAll(/ {2,}/g, ' ').replaceAll(/ ?\n/g, '|')).toBe(expected);
  });

  test('every namespace, wide', () => {
    const deployment = object('Deployment', {
      spec: { template, selector: { matchLabels: { app: 'web' } } },
    });
    const text = objectTable('Deployment', [deployment], { nowMs, isWide: true, hasNamespaces: true });
    expect(text.replaceAll(/ {2,}/g, ' ')).toBe(
      'NAMESPACE NAME READY UP-TO-DATE AVAILABLE AGE CONTAINERS IMAGES SELECTOR\ndefault web 0/1 0 0 5m c nginx app=web\n',
    );
  });
});

describe('describe', () => {
  test('shows fields and events, the oldest first', () => {
    const event = (reason: string, lastTimestamp: string) =>
      object('Event', { type: 'Normal', reason, message: reason, lastTimestamp, count: 2 }, reason);
    const text = describeObject(
      object('Deployment', { spec: { replicas: 1, ports: [{ port: 80, name: 'a' }], empty: {} } }),
      [event('Later', '2026-01-01T00:59:00Z'), event('Earlier', '2026-01-01T00:58:00Z')],
      nowMs,
    );
    expect(text).toContain(
      'Spec:\n  replicas: 1\n  ports:\n    - port: 80\n      name: a\n  empty: <none>\n',
    );
    expect(text).toMatch(/Events:\n {2}TYPE .*\n.*Earlier +2m \(x2\).*\n.*Later +60s/);
  });

  test('never shows the value of a Secret, nor its copy in an annotation', () => {
    const secret = object('Secret', { data: { password: 'aHVudGVyMg==' }, stringData: { pin: 'hunter2' } });
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"password":"hunter2"}' };
    const text = describeObject({ ...secret, metadata: { ...secret.metadata, annotations } }, [], nowMs);
    expect(text).toContain('password: 7 bytes');
    expect(text).not.toMatch(/hunter2|aHVudGVyMg/);
  });
});

test.each([
  ['deploy', 'Deployment', true],
  ['PODS', 'Pod', true],
  ['ns', 'Namespace', false],
  ['example.com/v1/Widget', 'Widget', true],
])('%s is a %s', (name, kind, namespaced) => expect(findKind(name)).toMatchObject({ kind, namespaced }));

test('an unknown kind is refused with the nearest one', () => {
  expect(() => findKind('deploymnts')).toThrow(
    expect.objectContaining({ code: 'UnknownKind', hint: 'Did you mean deployments?' }),
  );
});

test.each([
  [5, '5s'],
  [119, '119s'],
  [125, '2m5s'],
  [600, '10m'],
  [4 * 3600 + 60, '4h1m'],
  [20 * 3600, '20h'],
  [3 * 86_400 + 3600, '3d1h'],
  [400 * 86_400, '400d'],
])('%i seconds are %s', (seconds, expected) => expect(age(0, seconds * 1000)).toBe(expected));
