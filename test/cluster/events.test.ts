import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { openEventRecorder, type EventRecorder } from '../../src/controller/events/open-event-recorder.ts';
import { runFinishedEvent } from '../../src/controller/events/run-events.ts';
import { installCrds } from './install-crds.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf } from './real-clusters.ts';

const api = new KubeApi('main');
let admin: ApiClient;
let namespace: string;
let run: { apiVersion: string; kind: string; namespace: string; name: string; uid: string };

beforeAll(async () => {
  await installCrds(api);
  const { server, ca, token } = accessOf('main');
  const access = staticAccess(server, 'main', { headers: { authorization: `Bearer ${token}` }, tls: { ca } });
  admin = new ApiClient({ access, timeoutMs: 30_000, limitBytes: 1_000_000 });
});
beforeEach(async () => {
  namespace = await api.newNamespace();
  const { apiVersion, kind, metadata } = (await api.do(
    'POST',
    `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`,
    {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name: 'demo' },
      spec: { workflowSpec: { steps: [{ name: 'wait', type: 'suspend' }] } },
    },
  )) as unknown as KubeObject;
  run = { apiVersion, kind, namespace, name: 'demo', uid: metadata.uid ?? '' };
});
afterAll(async () => {
  await admin?.close();
  await api.close();
});

function open(client: ApiClient, counts: Record<string, number> = {}): EventRecorder {
  return openEventRecorder({
    client,
    component: 'sluice-controller',
    host: 'pod-1',
    now: () => Date.now(),
    counted: (outcome) => {
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    },
  });
}

/** As kubectl describe asks for them. */
async function eventsOfRun(): Promise<readonly JsonObject[]> {
  const selector = encodeURIComponent(`involvedObject.uid=${run.uid},involvedObject.kind=WorkflowRun`);
  const { items } = await api.do('GET', `/api/v1/namespaces/${namespace}/events?fieldSelector=${selector}`);
  return items as readonly JsonObject[];
}

/** A client in the name of an account that may do to Events what the controller's rules allow, and nothing else. */
async function controllerAccount(): Promise<ApiClient> {
  const metadata = { name: 'controller' };
  const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  await api.do('POST', `${roles}/roles`, {
    metadata,
    rules: [{ apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] }],
  });
  await api.do('POST', `${roles}/rolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'controller' },
    subjects: [{ kind: 'ServiceAccount', name: 'controller', namespace }],
  });
  return admin.as(`system:serviceaccount:${namespace}:controller`);
}

describe('an Event of a run', () => {
  test('is created, and counted on by another process, with the rights to create and to patch alone', async () => {
    const client = await controllerAccount();
    const counts: Record<string, number> = {};
    for (let process = 0; process < 3; process += 1) {
      const recorder = open(client, counts);
      recorder.record(run, runFinishedEvent('failed', 'step wait: Timeout'));
      await recorder.flush(60_000);
    }
    expect(counts).toEqual({ created: 1, repeated: 2 });
    expect(await eventsOfRun()).toEqual([
      expect.objectContaining({
        type: 'Warning',
        reason: 'RunFailed',
        message: 'WorkflowRun finished with failure: step wait: Timeout',
        count: 3,
        source: { component: 'sluice-controller', host: 'pod-1' },
      }),
    ]);
  });

  test('with a text of any length and script is taken', async () => {
    const recorder = open(admin);
    recorder.record(run, { type: 'Warning', reason: 'StepFailed', message: '失敗'.repeat(5000) });
    await recorder.flush(60_000);
    const [event] = await eventsOfRun();
    expect(event?.['message']).toMatch(/^[失敗]+…$/u);
  });
});

describe('what cannot be sent', () => {
  test.each([
    ['without the right', async () => admin.as(`system:serviceaccount:${namespace}:nobody`)],
    [
      'into a namespace that is not there',
      async () => {
        run = { ...run, namespace: 'sluice-not-there' };
        return admin;
      },
    ],
  ])('%s is counted', async (_why, clientOf) => {
    const counts: Record<string, number> = {};
    const recorder = open(await clientOf(), counts);
    recorder.record(run, runFinishedEvent('succeeded'));
    await recorder.flush(60_000);
    expect(counts).toEqual({ failed: 1 });
  });
});
