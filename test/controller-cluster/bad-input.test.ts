import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { Provider } from './provider.ts';
import { phases, Runs, type RunShown } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
let runs: Runs;
let provider: Provider;
let controller: TestController;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  provider = await Provider.start(({ path }) =>
    path.startsWith('/large') ? { body: randomText(1024 * 1024) } : { body: '{}' },
  );
  controller = await startTestController(api);
});

afterAll(async () => {
  await controller.stop();
  provider.close();
  await api.close();
});

const hi = '{name: a, type: print-message-in-status, properties: {message: hi}}';
const post = (name: string, path: string): string =>
  `{name: ${name}, type: request, properties: {url: "${provider.url}${path}", method: POST, body: {a: 1}}}`;

function condition(run: RunShown, type: string): string {
  const found = (run.status?.conditions ?? []).find((each) => each.type === type);
  return `${found?.status}/${found?.reason}: ${found?.message}`;
}

/** Text that does not compress: every character is one of 64 at random, from a generator with a seed. */
function randomText(length: number): string {
  let state = 12_345;
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return alphabet[state >>> 26];
  }).join('');
}

describe('a run that cannot start ends failed, and says why', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ['unknown-type', '- {name: a, type: no-such-type}', '{}', 'there is no step type "no-such-type"'],
    ['no-parameter', '- {name: a, type: request}', '{}', 'url'],
    ['unknown-dep', `- {name: a, type: suspend, dependsOn: [b]}`, '{}', 'b'],
    ['bad-if', '- {name: a, type: suspend, if: "status.a ==="}', '{}', 'if'],
  ];
  test.each(cases)('%s', async (name, steps, spec, expected) => {
    await runs.create(name, steps, spec);
    const run = await runs.untilFinished(name);
    expect(run.status?.status).toBe('failed');
    expect(run.status?.message).toContain(expected);
    expect(condition(run, 'WorkflowRun')).toContain(`False/ReconcileError: ${run.status?.message}`);
    expect(condition(run, 'Failed')).toContain('True/Refused');
    expect(run.status?.steps).toEqual([]);
  });

  test('a Workflow that is not there', async () => {
    const body = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name: 'no-workflow' },
      spec: { workflowRef: 'nowhere' },
    };
    const path = `/apis/core.oam.dev/v1alpha1/namespaces/${runs.namespace}/workflowruns`;
    await api.do('POST', path, body);
    const run = await runs.untilFinished('no-workflow');
    expect(run.status?.message).toContain('there is no Workflow "nowhere"');
  });

  test('a namespace that is not enabled: with the command that enables it', async () => {
    const other = new Runs(api, await api.newNamespace());
    await other.create('elsewhere', `- ${hi}`);
    const run = await other.untilFinished('elsewhere');
    expect(run.status?.message).toContain(`sluice install --namespace ${other.namespace}`);
  });

  test('an account that the namespace does not lend', async () => {
    await runs.create('other-account', `- ${hi}`, '{serviceAccountName: admin}');
    const run = await runs.untilFinished('other-account');
    expect(run.status?.message).toContain('admin');
    expect(run.status?.steps).toEqual([]);
  });
});

test('a step type that is applied right after the run is waited for', async () => {
  await runs.create('early', '- {name: a, type: applied-later}');
  const definition = {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'WorkflowStepDefinition',
    metadata: { name: 'applied-later' },
    spec: {
      schematic: {
        sluice: {
          parameters: { type: 'object', properties: {} },
          ops: [{ id: 'm', op: 'message', with: { message: 'm' } }],
        },
      },
    },
  };
  const path = `/apis/core.oam.dev/v1beta1/namespaces/${runs.namespace}/workflowstepdefinitions`;
  await api.do('POST', path, definition);
  expect((await runs.untilFinished('early')).status?.status).toBe('succeeded');
});

describe('what changes under a run', () => {
  test('a step type that is changed and deleted while it is used: the run goes on with what it began with', async () => {
    const path = `/apis/core.oam.dev/v1beta1/namespaces/${runs.namespace}/workflowstepdefinitions`;
    await api.do('POST', path, {
      apiVersion: 'core.oam.dev/v1beta1',
      kind: 'WorkflowStepDefinition',
      metadata: { name: 'pinned' },
      spec: {
        schematic: {
          sluice: {
            parameters: { type: 'object', properties: {} },
            ops: [{ id: 'said', op: 'message', with: { message: 'the first revision' } }],
          },
        },
      },
    });
    await runs.create(
      'pinned',
      '- {name: wait, type: suspend, properties: {duration: 2s}}\n- {name: b, type: pinned}',
    );
    await runs.untilStep('pinned', 'wait', 'suspending');
    await api.do('DELETE', `${path}/pinned`);
    await controller.stop();
    controller = await startTestController(api);
    const run = await runs.untilFinished('pinned');
    expect(phases(run)).toEqual(['wait succeeded', 'b succeeded']);
    expect(run.status?.steps[1]?.message).toBe('the first revision');
  });

  test('a run that is deleted in the middle of a call is left alone', async () => {
    await runs.create('deleted', `- ${post('a', '/hold/deleted')}\n- ${post('b', '/after-deleted')}`);
    await provider.called('/hold/deleted');
    await api.do('DELETE', runs.path('deleted'));
    provider.release();
    await runs.create('deleted', `- ${hi}`);
    const run = await runs.untilFinished('deleted');
    expect(phases(run)).toEqual(['a succeeded']);
    expect(provider.calls.some(({ path }) => path === '/after-deleted')).toBe(false);
  });

  test('a namespace that is being deleted ends its runs without noise', async () => {
    const namespace = await api.newNamespace();
    await install(api, [namespace]);
    const inside = new Runs(api, namespace);
    await inside.create('going', '- {name: wait, type: suspend}');
    await inside.untilStep('going', 'wait', 'suspending');
    await api.do('DELETE', `/api/v1/namespaces/${namespace}`);
    await runs.create('beside-going', `- ${hi}`);
    expect((await runs.untilFinished('beside-going')).status?.status).toBe('succeeded');
  });

  test('an edit of spec that an older CRD lets through suspends the run, and says so', async () => {
    const crd = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/workflowruns.core.oam.dev';
    const before = await api.do('GET', crd);
    const { resourceVersion: _version, ...metadata } = before['metadata'] as JsonObject;
    await api.do('PUT', crd, withoutRules(before));
    try {
      await runs.create('edited', '- {name: wait, type: suspend, properties: {duration: 30s}}');
      await runs.untilStep('edited', 'wait', 'suspending');
      await untilEditable(runs, 'edited');
      const run = await runs.until(
        'edited',
        ({ status }) => status?.message !== undefined,
        'told of the edit',
      );
      expect(run.status).toMatchObject({ status: 'suspending', suspend: true });
      expect(run.status?.message).toContain('spec was changed');
    } finally {
      const { resourceVersion } = (await api.do('GET', crd))['metadata'] as JsonObject;
      await api.do('PUT', crd, {
        ...before,
        metadata: { ...metadata, resourceVersion: resourceVersion ?? '' },
      });
    }
  });
});

describe('a status that someone edited by hand', () => {
  test.each<readonly [string, JsonObject]>([
    ['steps-gone', { steps: [] }],
    ['finished', { finished: true, status: 'succeeded' }],
    ['messages', { message: 'hello', progress: '9/9' }],
    ['record-gone', { sluice: null }],
  ])('%s: the run goes on as it was', async (name, status) => {
    await runs.create(name, `- ${post('a', `/hold/${name}`)}\n- ${post('b', `/${name}`)}`);
    await provider.called(`/hold/${name}`);
    await runs.untilStep(name, 'a', 'running');
    await runs.patchStatus(name, status);
    provider.release();
    const run = await runs.until(name, (each) => each.status?.progress === '2/2', 'at its end');
    expect(phases(run)).toEqual(['a succeeded', 'b succeeded']);
    for (const path of [`/hold/${name}`, `/${name}`])
      expect(provider.calls.filter((call) => call.path === path)).toHaveLength(1);
  });

  test('a record that can no longer be read ends the run, and says so', async () => {
    await runs.create('garbage', '- {name: wait, type: suspend}');
    await runs.untilStep('garbage', 'wait', 'suspending');
    await controller.stop();
    await runs.patchStatus('garbage', { sluice: { state: 'not json' } });
    controller = await startTestController(api);
    const run = await runs.untilFinished('garbage');
    expect(run.status?.status).toBe('failed');
    expect(run.status?.message).not.toBe('');
  });
});

test('a record that was taken out while nobody drove the run ends it, and says so', async () => {
  await runs.create('recordless', '- {name: wait, type: suspend}');
  await runs.untilStep('recordless', 'wait', 'suspending');
  await controller.stop();
  await runs.patchStatus('recordless', { sluice: null });
  controller = await startTestController(api);
  const run = await runs.untilFinished('recordless');
  expect(run.status?.message).toContain('it was removed');
  expect(phases(run)).toEqual(['wait suspending/Suspend']);
});

describe('large values', () => {
  test('an answer of 1 MiB that does not compress fails its step, and says why', async () => {
    await runs.create(
      'large',
      `- ${post('a', '/large')}\n- {name: b, type: suspend, if: "status.a.succeeded"}`,
    );
    const run = await runs.untilFinished('large');
    expect(phases(run)).toEqual(
      ['a failed/Execute', 'b skipped/Skip'].map((line) => expect.stringMatching(line.split('/')[0] ?? '')),
    );
    expect(run.status?.steps[0]?.message).toContain('more than a run can keep');
  });

  test('an output of 60 KiB is kept beside the status, and handed on', async () => {
    const text = randomText(60 * 1024);
    await runs.create(
      'kept',
      `
- {name: a, type: print-message-in-status, properties: {message: hi}, outputs: [{name: big, valueFrom: '"${text}"'}]}
- {name: wait, type: suspend, properties: {duration: 1s}}
- {name: b, type: print-message-in-status, inputs: [{from: big, parameterKey: message}]}`,
    );
    const waiting = await runs.untilStep('kept', 'wait', 'suspending');
    expect(waiting.status?.sluice?.['state']).toBeUndefined();
    expect(waiting.status?.sluice?.['stateIn']).toMatchObject({ kind: 'ConfigMap' });
    await controller.stop();
    controller = await startTestController(api);
    const run = await runs.untilFinished('kept');
    expect(phases(run)).toEqual(['a succeeded', 'wait succeeded', 'b succeeded']);
    const held = (await api.do('GET', `/api/v1/namespaces/${runs.namespace}/configmaps`))['items'];
    const owned = JSON.stringify(held).includes(run.metadata.uid);
    expect(owned).toBe(true);
  });
});

function withoutRules(crd: JsonObject): JsonObject {
  const copy = JSON.parse(JSON.stringify(crd)) as {
    spec: { versions: { schema: { openAPIV3Schema: Record<string, unknown> } }[] };
  };
  for (const { schema } of copy.spec.versions) delete schema.openAPIV3Schema['x-kubernetes-validations'];
  return copy as unknown as JsonObject;
}

/** The server takes a new CRD into use a moment after it has stored it. */
async function untilEditable(of: Runs, name: string): Promise<void> {
  for (;;) {
    const answer = await api.send('PATCH', of.path(name), { spec: { context: { edited: true } } });
    if (answer.status === 200) return;
    if (answer.status !== 422) throw new Error(JSON.stringify(answer.body));
  }
}
