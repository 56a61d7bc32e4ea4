import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubeApi } from '../cluster/kube-api.ts';
import { phases, Runs } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

// Definitions that stand in the cluster although they are wrong: no webhook was there, or it could not tell.
const api = new KubeApi('main');
let runs: Runs;
let controller: TestController;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  controller = await startTestController(api);
});
afterAll(async () => {
  await controller.stop();
  await api.close();
});

async function define(name: string, template: string): Promise<void> {
  await api.do('POST', `/apis/core.oam.dev/v1beta1/namespaces/${runs.namespace}/workflowstepdefinitions`, {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'WorkflowStepDefinition',
    metadata: { name },
    spec: { schematic: { cue: { template } } },
  });
}

const loop = (length: string): string =>
  `x: len([for i in list.Range(0, ${length}, 1) for j in list.Range(0, ${length}, 1) {i + j}])`;
const op = 'import "vela/op"\n';
const kube = 'import "vela/kube"\n';

describe('refused before its first step', () => {
  test.each([
    ['broken', 'a: {b: 1', /expected '}'/],
    [
      'no-package',
      'import "vela/nope"\na: nope.#A',
      /package "vela\/nope" not found.*did you mean "vela\/op"/,
    ],
    ['no-op', `${op}a: op.#Lgo & {data: 1}`, /package "vela\/op" has no #Lgo.*did you mean op\.#Log/],
    ['no-provider', 'a: {#do: "apply", #provider: "kubee"}', /no op with #provider "kubee"/],
    ['recursion', '#C: {n: int, next: #C & {n: n + 1}}\na: #C & {n: 0}', /structural cycle/],
    ['endless', `import "list"\n${loop('3000')}`, /took longer than 2000 ms/],
    ['huge', `a: "${'a'.repeat(300 * 1024)}"`, /at most 262144 are accepted/],
  ])('%s', async (name, template, says) => {
    await define(name, template);
    await runs.create(name, `- {name: a, type: ${name}}`);
    const { status } = await runs.untilFinished(name);
    expect([status?.status, status?.steps]).toEqual(['failed', []]);
    expect(status?.message).toMatch(says);
    expect(status?.message).toContain(`the step type "${name}" has faults`);
  });
});

describe('failed at once, and never tried again', () => {
  test('a result that its schema contradicts: with the path and the line', async () => {
    await define(
      'contradicts',
      `${kube}made: kube.#Apply & {\n\t$params: value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "c", data: key: "text"}\n\t$returns: value: data: key: int\n}`,
    );
    await runs.create('contradicts', '- {name: a, type: contradicts, retry: {limit: 3}}');
    const run = await runs.untilFinished('contradicts');
    expect(phases(run)).toEqual(['a failed/Rendering']);
    expect(run.status?.steps[0]?.message).toMatch(/made\.\$returns\.value\.data\.key: conflicting values/);
  });

  test('templates that run away on their data hurt nobody beside them', async () => {
    await define('wild', `import "list"\nparameter: n: int\n${loop('parameter.n')}`);
    await define(
      'tame',
      `${op}import "strings"\nsay: op.#Message & {message: strings.ToUpper(context.name)}`,
    );
    const wild = ['wild-a', 'wild-b', 'wild-c', 'wild-d'];
    await Promise.all(
      wild.map((name, n) => runs.create(name, `- {name: a, type: wild, properties: {"n": ${3000 + n}}}`)),
    );
    await Promise.all(['x', 'y', 'z'].map((name) => runs.create(name, '- {name: a, type: tame}')));
    const tame = await Promise.all(['x', 'y', 'z'].map((name) => runs.untilFinished(name)));
    expect(tame.map((run) => run.status?.steps[0]?.message)).toEqual(['X', 'Y', 'Z']);
    // One after the other, in one worker: the last of them has not ended yet.
    const states = await Promise.all(wild.map((name) => runs.get(name)));
    expect(states.some(({ status }) => status?.finished !== true)).toBe(true);
    for (const run of await Promise.all(wild.map((name) => runs.untilFinished(name)))) {
      expect(phases(run)).toEqual(['a failed/Rendering']);
      expect(run.status?.steps[0]?.message).toMatch(/took longer than 2000 ms/);
    }
  });
});
