import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubeApi } from '../cluster/kube-api.ts';
import { Provider } from './provider.ts';
import { Runs } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
let runs: Runs;
let provider: Provider;
let controller: TestController;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  provider = await Provider.start(({ path }) => ({ body: `{"said":"${path}"}` }));
  controller = await startTestController(api);
});

afterAll(async () => {
  await controller.stop();
  provider.close();
  await api.close();
});

const cue = `package echo

#Say: {
  #do: "say"
  #provider: "echo"
  $params: {word: string}
  $returns?: {said: string}
}`;

const template = `import "ext/echo"

say: echo.#Say & {$params: word: parameter.word}
out: say.$returns.said
parameter: word: string`;

/** A Package, as `kubectl apply` brings it. */
async function putPackage(at: string, name = 'echo', namespace = runs.namespace): Promise<void> {
  const path = `/apis/cue.oam.dev/v1alpha1/namespaces/${namespace}/packages/${name}`;
  const body = {
    apiVersion: 'cue.oam.dev/v1alpha1',
    kind: 'Package',
    metadata: { name, namespace },
    spec: {
      path: 'ext/echo',
      provider: { protocol: 'http', endpoint: `${provider.url}${at}` },
      templates: { 'echo.cue': cue },
    },
  };
  await api.do('PATCH', `${path}?fieldManager=test&force=true`, body, 'application/apply-patch+yaml');
}

async function putStepType(name: string): Promise<void> {
  const path = `/apis/core.oam.dev/v1beta1/namespaces/${runs.namespace}/workflowstepdefinitions/${name}`;
  const body = {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'WorkflowStepDefinition',
    metadata: { name, namespace: runs.namespace },
    spec: { schematic: { cue: { template } } },
  };
  await api.do('PATCH', `${path}?fieldManager=test&force=true`, body, 'application/apply-patch+yaml');
}

const steps = `
- {name: say, type: echo, properties: {word: hi}, outputs: [{name: said, valueFrom: out}]}
- {name: wait, type: suspend}
- {name: again, type: echo, properties: {word: ho}}
`;

/** News of a change takes a moment: runs begin until one of them calls the Package as it is now. */
async function untilSecondIsCalled(): Promise<void> {
  for (let n = 1; !provider.calls.some(({ path }) => path === '/second/say'); n++) {
    await runs.create(`later-${n}`, '- {name: say, type: echo, properties: {word: new}}');
    expect((await runs.untilFinished(`later-${n}`)).status?.status).toBe('succeeded');
  }
}

test('a run calls the Package of its namespace, and keeps it as it was when the run began', async () => {
  await putPackage('/first');
  await putStepType('echo');
  await runs.create('calls', steps);
  await runs.until('calls', ({ status }) => status?.suspend === true, 'suspended');
  await putPackage('/second');
  await untilSecondIsCalled();
  // Another process goes on with it: it has only what was stored.
  await controller.stop();
  controller = await startTestController(api);
  await runs.patchStatus('calls', { suspend: false });
  expect((await runs.untilFinished('calls')).status?.status).toBe('succeeded');
  const ofRun = provider.calls.filter(({ body }) => !body.includes('new'));
  expect(ofRun.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
    'POST /first/say {"word":"hi"}',
    'POST /first/say {"word":"ho"}',
  ]);
});

test('two Packages of one path are refused where they are imported', async () => {
  await putPackage('/third', 'other');
  await runs.create('doubled', '- {name: say, type: echo, properties: {word: hi}}');
  const run = await runs.untilFinished('doubled');
  expect(run.status?.message).toContain('the Packages echo and other have the path ext/echo');
});
