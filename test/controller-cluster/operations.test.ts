import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { webhookNames } from '../../src/controller/install/names.ts';
import { webhookClusterRights, webhookOwnRights } from '../../src/controller/install/rights.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { Runs } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
const loopback = { host: '127.0.0.1', port: 0 };
const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const made: string[] = [];
let runs: Runs;
let controller: TestController;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  await giveWebhookRights();
  controller = await startTestController(api, {
    metricsBind: loopback,
    healthBind: loopback,
    webhookBind: loopback,
  });
});

afterAll(async () => {
  await controller?.stop();
  for (const path of made.toReversed()) await api.send('DELETE', path);
  await api.close();
});

/** What the chart gives the controller beside the rest, where the webhook is on. */
async function giveWebhookRights(): Promise<void> {
  const bind = async (
    kind: 'Role' | 'ClusterRole',
    root: string,
    rights: typeof webhookOwnRights,
  ): Promise<void> => {
    const name = 'sluice-webhook-test';
    const plural = kind === 'Role' ? 'roles' : 'clusterroles';
    const rules = rights.map(({ group, resources, verbs, names }) => ({
      apiGroups: [group],
      resources,
      verbs,
      ...(names === undefined ? {} : { resourceNames: names }),
    }));
    await make(`${root}/${plural}`, { metadata: { name }, rules });
    await make(`${root}/${kind === 'Role' ? 'rolebindings' : 'clusterrolebindings'}`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name },
      subjects: [{ kind: 'ServiceAccount', name: 'sluice-controller', namespace: 'vela-system' }],
    });
  };
  await bind('Role', `${rbac}/namespaces/vela-system`, webhookOwnRights);
  await bind('ClusterRole', rbac, webhookClusterRights);
}

async function make(path: string, object: { metadata: { name: string } } & JsonObject): Promise<void> {
  await api.do('POST', path, object);
  made.push(`${path}/${object.metadata.name}`);
}

/** Where something is served: the log says so. */
function addressOf(what: string): string {
  const lines = controller.log.map((line) => JSON.parse(line) as { msg: string; address?: string });
  return lines.find(({ msg, address }) => msg === what && address !== undefined)?.address ?? '';
}

async function read(what: string, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://${addressOf(what)}${path}`);
  return { status: answer.status, text: await answer.text() };
}

describe('a controller', () => {
  test('is alive, and ready once it has seen what there is', async () => {
    expect(await read('health', '/healthz')).toEqual({ status: 200, text: 'ok\n' });
    await expect.poll(async () => (await read('health', '/readyz')).status).toBe(200);
    expect((await read('health', '/readyz')).text).toBe(
      '[+] crds\n[+] workflowruns\n[+] workflowstepdefinitions\nready\n',
    );
  });

  test('counts what its runs do, and what it asks of the API server', async () => {
    await runs.create(
      'measured-run',
      `
- {name: a, type: print-message-in-status, properties: {message: one}}
- {name: b, type: apply-object, properties: {value: {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}}}`,
    );
    await runs.untilFinished('measured-run');
    await runs.create('measured-wait', '[{name: a, type: suspend}]');
    const wanted = [
      /^workflowrun_initialized_num [1-9]/m,
      new RegExp(`^sluice_runs_started_total\\{namespace="${runs.namespace}"\\} 2$`, 'm'),
      /^workflowrun_finished_time_seconds_count\{phase="succeeded"\} [1-9]/m,
      /^workflowrun_phase_number\{phase="succeeded"\} [1-9]/m,
      /^workflowrun_step_phase_number\{step_type="suspend",phase="suspending#Suspend"\} [1-9]/m,
      /^workflowrun_step_duration_ms_count\{controller="workflowrun",step_type="apply-object"\} [1-9]/m,
      /^workflowrun_step_phase_number\{step_type="apply-object",phase="succeeded#"\} [1-9]/m,
      /^sluice_lease_held\{lease="sluice-controller-0-of-1"\} 1$/m,
      /^sluice_steps_finished_total\{step_type="print-message-in-status",phase="succeeded"\} [1-9]/m,
      /^sluice_api_requests_total\{verb="watch",resource="workflowruns",code="200"\} [1-9]/m,
      /^sluice_api_requests_total\{verb="[a-z]+",resource="workflowruns\/status",code="200"\} [1-9]/m,
      /^sluice_status_writes_total\{outcome="written"\} [1-9]/m,
      /^sluice_events_total\{outcome="created"\} [1-9]/m,
    ];
    const missing = async (): Promise<readonly string[]> => {
      const { text } = await read('metrics', '/metrics');
      return wanted.filter((pattern) => !pattern.test(text)).map(String);
    };
    await expect.poll(missing).toEqual([]);
    // No label holds the name of a run.
    expect((await read('metrics', '/metrics')).text).not.toContain('measured-');
  });

  test('says in an Event how a run ended', async () => {
    await runs.create('told', '[{name: a, type: print-message-in-status, properties: {message: one}}]');
    const { metadata } = await runs.untilFinished('told');
    const selector = encodeURIComponent(`involvedObject.uid=${metadata.uid}`);
    await expect
      .poll(async () => {
        const { items } = await api.do(
          'GET',
          `/api/v1/namespaces/${runs.namespace}/events?fieldSelector=${selector}`,
        );
        return (items as readonly { reason: string; message: string }[]).map(
          ({ reason, message }) => `${reason}: ${message}`,
        );
      })
      .toEqual(['RunSucceeded: WorkflowRun finished successfully']);
  });

  test('refuses through its webhook what it would refuse itself', async () => {
    await make(configurations, {
      metadata: { name: webhookNames.configuration },
      webhooks: [
        {
          name: 'validate.sluice.dev',
          clientConfig: { url: `https://${addressOf('webhook')}/validate` },
          rules: [
            {
              apiGroups: ['core.oam.dev'],
              apiVersions: ['*'],
              resources: ['workflowruns'],
              operations: ['CREATE'],
            },
          ],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': runs.namespace } },
          failurePolicy: 'Fail',
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    });
    const answerOf = async (type: string): Promise<string> => {
      const answer = await api.send('POST', `${runs.path('').replace(/\/$/, '')}?dryRun=All`, {
        apiVersion: 'core.oam.dev/v1alpha1',
        kind: 'WorkflowRun',
        metadata: { name: 'asked' },
        spec: { workflowSpec: { steps: [{ name: 'a', type }] } },
      });
      const { message } = answer.body as { message?: string };
      return `${answer.status} ${message ?? ''}`;
    };
    // The certificate is made known within seconds; until then nothing is accepted.
    await expect.poll(() => answerOf('suspend'), { timeout: 60_000, interval: 250 }).toMatch(/^201/);
    expect(await answerOf('suspnd')).toMatch(
      /^422 .*denied the request: WorkflowRun asked is refused: .*did you mean suspend\?/,
    );
  });
});
