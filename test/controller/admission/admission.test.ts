import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { isObject, type JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { faultLine, refusalText } from '../../../src/controller/admission/faults-text.ts';
import { openAdmission, type AdmissionParts } from '../../../src/controller/admission/open-admission.ts';
import type { CuePackage } from '../../../src/cue/user-package.ts';
import { openCueEngine } from '../../../src/cue/engine.ts';
import { opSpecs } from '../../../src/ops/registry.ts';
import { readBuiltInSources } from '../../../src/step-types/built-in-files.ts';
import { openCatalog } from '../../../src/step-types/catalog.ts';
import { openCueCompiler } from '../../../src/step-types/cue-compiler.ts';
import { readDocuments } from '../../../src/yaml/read-documents.ts';

const cue = openCueEngine({ ops: opSpecs });
const compiler = openCueCompiler(cue);
const builtIn = openCatalog({ sources: await readBuiltInSources(), ops: opSpecs, cue: compiler });
afterAll(() => cue.close());

const parts: AdmissionParts = {
  ops: opSpecs,
  cue: compiler,
  expressions: cue,
  stepTypes: () => builtIn,
  packages: () => [],
  workflow: async () => undefined,
  pausesMs: [],
};
const validate = openAdmission(parts);

/** Metadata and status as an API server puts them onto an object. */
function stored(object: JsonObject): JsonObject {
  const { metadata } = object;
  return {
    ...object,
    metadata: {
      namespace: 'team',
      ...(isObject(metadata) ? metadata : {}),
      uid: 'e5b1',
      resourceVersion: '12',
      generation: 1,
      creationTimestamp: '2026-01-02T03:04:05Z',
      managedFields: [{ manager: 'kubectl', operation: 'Apply', apiVersion: 'v1', time: null, fieldsV1: {} }],
    },
  };
}

function run(steps: readonly JsonObject[], spec: JsonObject = {}): JsonObject {
  return stored({
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'demo' },
    spec: { workflowSpec: { steps }, ...spec },
    status: { finished: false, mode: {}, status: 'executing', suspend: false, terminated: false, steps: [] },
  });
}

function definition(schematic: JsonObject): JsonObject {
  return stored({
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'WorkflowStepDefinition',
    metadata: { name: 'mine', annotations: { 'definition.oam.dev/description': 'Mine.' } },
    spec: { schematic },
  });
}

async function lines(object: JsonObject): Promise<readonly string[]> {
  return (await validate(object, 'team')).map((fault) => `${fault.severity} ${faultLine(fault)}`);
}

describe('a run', () => {
  test('that is fine has no faults, status and server’s metadata included', async () => {
    const steps = [{ name: 'wait', type: 'suspend', if: 'context.name == "demo"' }];
    expect(await lines(run(steps))).toEqual([]);
  });

  test('has all its faults at once, by path, with what was meant', async () => {
    const steps = [
      { name: 'a', type: 'aply-object', properties: { value: {} } },
      { name: 'b', type: 'suspend', if: 'status.a.faild', timeout: '1d' },
      { name: 'b', type: 'suspend', dependsOn: ['c'] },
    ];
    const found = await lines(run(steps));
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^error spec\.workflowSpec\.steps\[0\]\.type: .*did you mean apply-object\?/),
        expect.stringMatching(/^error spec\.workflowSpec\.steps\[1\]\.timeout: /),
        expect.stringMatching(/^error spec\.workflowSpec\.steps\[1\]\.if: /),
        expect.stringMatching(/^error spec\.workflowSpec\.steps\[2\]\.name: /),
        expect.stringMatching(/^error spec\.workflowSpec\.steps\[2\]\.dependsOn\[0\]: /),
      ]),
    );
    expect(found).toHaveLength(5);
  });

  test('that names a Workflow is checked with its steps', async () => {
    const workflow = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'release', namespace: 'team' },
      steps: [{ name: 'a', type: 'suspnd' }],
    } as unknown as KubeObject;
    const asked: string[] = [];
    const check = openAdmission({
      ...parts,
      workflow: async (namespace, name) => {
        asked.push(`${namespace}/${name}`);
        return name === 'release' ? workflow : undefined;
      },
    });
    const named = (workflowRef: string): JsonObject =>
      stored({
        apiVersion: 'core.oam.dev/v1alpha1',
        kind: 'WorkflowRun',
        metadata: { name: 'demo' },
        spec: { workflowRef },
      });
    expect(await check(named('release'), 'team')).toMatchObject([{ code: 'UnknownStepType' }]);
    expect(await check(named('gone'), 'team')).toMatchObject([{ code: 'UnknownWorkflow' }]);
    expect(asked).toEqual(['team/release', 'team/gone']);
  });

  test('that calls Workflows is checked with all of them, as is a Workflow that does', async () => {
    const called = (name: string, steps: readonly JsonObject[]): KubeObject => ({
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'Workflow',
      metadata: { name, namespace: 'team' },
      parameters: { properties: { text: { type: 'string' } }, required: ['text'] },
      steps,
    });
    const call = (workflow: string, parameters: JsonObject = { text: 'x' }): JsonObject => ({
      name: 'call',
      type: 'call-workflow',
      properties: { workflow, parameters },
    });
    const workflows = new Map([
      ['outer', called('outer', [call('inner')])],
      ['inner', called('inner', [{ name: 'a', type: 'suspnd' }])],
    ]);
    const check = openAdmission({ ...parts, workflow: async (_namespace, name) => workflows.get(name) });
    const outer = workflows.get('outer') as unknown as JsonObject;
    expect(await check(run([call('outer', {})]), 'team')).toMatchObject([
      { code: 'UnknownStepType', file: 'Workflow inner' },
      { code: 'MissingParameter', file: 'WorkflowRun' },
    ]);
    expect(await check(outer, 'team')).toMatchObject([{ code: 'UnknownStepType', file: 'Workflow inner' }]);
    workflows.delete('inner');
    expect(await check(outer, 'team')).toMatchObject([{ code: 'UnknownWorkflow' }]);
  });

  test('waits a moment for a step type that was applied just before it', async () => {
    let asks = 0;
    const none = openCatalog({ sources: [], ops: opSpecs, cue: compiler });
    const check = openAdmission({
      ...parts,
      pausesMs: [1, 1, 1],
      stepTypes: () => (++asks < 3 ? none : builtIn),
    });
    expect(await check(run([{ name: 'a', type: 'suspend' }]), 'team')).toEqual([]);
    expect(asks).toBe(3);
  });

  test('passes on what cannot be read', async () => {
    const check = openAdmission({ ...parts, workflow: () => Promise.reject(new Error('no connection')) });
    const object = { apiVersion: 'core.oam.dev/v1alpha1', kind: 'WorkflowRun', spec: { workflowRef: 'a' } };
    await expect(check(object, 'team')).rejects.toThrow('no connection');
  });
});

test('a Workflow by itself is checked', async () => {
  const workflow = stored({
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'release' },
    mode: { steps: 'Parallel' },
    steps: [{ name: 'a', type: 'suspnd' }],
  });
  expect(await lines(workflow)).toEqual([
    expect.stringMatching(/^error mode\.steps: /) as string,
    expect.stringMatching(/^error steps\[0\]\.type: .*did you mean suspend\?/) as string,
  ]);
});

describe('a step type', () => {
  test('in CUE has the lines of its template', async () => {
    const template =
      'import "vela/op"\n\nmsg: op.#Message & {message: parameter.text}\nparameter: {text: strng}\n';
    expect(await lines(definition({ cue: { template } }))).toEqual([
      expect.stringMatching(/^error spec\.schematic\.cue\.template:4:\d+: .*strng/) as string,
    ]);
  });

  test('in CUE that quotes much still has them', async () => {
    const template = '// "\\n" \\\\ "\ta: 1\nparameter: {text: strng}\n';
    expect((await lines(definition({ cue: { template } })))[0]).toMatch(/template:2:19: /);
  });

  test.each([
    ['no schematic', {}, 'error spec.schematic: '],
    [
      'an unknown op',
      { sluice: { parameters: {}, ops: [{ id: 'a', op: 'http.requst' }] } },
      'error spec.schematic.sluice.',
    ],
    ['Terraform', { terraform: { configuration: 'x' } }, 'warning spec.schematic.terraform: '],
  ])('with %s', async (_what, schematic, start) => {
    expect((await lines(definition(schematic)))[0]).toContain(start);
  });

  test('that says itself that it is for Applications is never refused: their chart brings it', async () => {
    const object = definition({ cue: { template: 'import "vela/op"\na: op.#ApplyComponents' } });
    expect((await lines(object))[0]).toMatch(/^error .*template:2:7: .*has no #ApplyComponents$/);
    const labels = { 'custom.definition.oam.dev/scope': 'Application' };
    const labelled = { ...object, metadata: { ...(object['metadata'] as JsonObject), labels } };
    expect(await lines(labelled)).toEqual([
      expect.stringMatching(/^warning .*template:2:7: step type mine is for workflows of Applications alone/),
    ]);
  });

  test.each(
    readdirSync(new URL('../../../step-types/', import.meta.url)).filter((name) => name.endsWith('.yaml')),
  )('%s of the built-in ones has no faults', async (name) => {
    const text = readFileSync(new URL(`../../../step-types/${name}`, import.meta.url), 'utf8');
    const [document] = readDocuments(text, name).documents;
    expect(await lines(stored(document?.value as JsonObject))).toEqual([]);
  });
});

describe('a Package', () => {
  const mysql: CuePackage = {
    name: 'mysql',
    path: 'ext/db/mysql',
    files: [
      { name: 'a.cue', text: 'package mysql\n#F: {#do: "f", #provider: "mysql", $params: {db: string}}' },
    ],
    provider: { endpoint: 'http://127.0.0.1', headers: {}, insecureSkipVerify: false },
  };
  const withMysql = openAdmission({ ...parts, packages: () => [mysql] });
  const told = async (object: JsonObject): Promise<readonly string[]> =>
    (await withMysql(object, 'team')).map(faultLine);
  const pack = (name: string, protocol = 'http'): JsonObject =>
    stored({
      apiVersion: 'cue.oam.dev/v1alpha1',
      kind: 'Package',
      metadata: { name },
      spec: {
        path: mysql.path,
        provider: { protocol, endpoint: 'http://127.0.0.1' },
        templates: { 'a.cue': mysql.files[0]?.text ?? '' },
      },
    });

  test('is checked beside the others', async () => {
    expect(await told(pack('mysql'))).toEqual([]);
    expect((await told(pack('mysql', 'grpc'))).join('\n')).toContain('providers over gRPC cannot be called');
    expect((await told(pack('maria'))).join('\n')).toContain(
      'the Package mysql has the path ext/db/mysql, too',
    );
  });

  test('is known to step types that import it', async () => {
    const template = (db: string) => `import "ext/db/mysql"\na: mysql.#F & {$params: db: ${db}}`;
    expect(await told(definition({ cue: { template: template('"x"') } }))).toEqual([]);
    expect((await told(definition({ cue: { template: template('5') } }))).join('\n')).toContain(
      'spec.schematic.cue.template:2:29',
    );
    const other = definition({ cue: { template: template('5').replaceAll('mysql', 'mysqk') } });
    expect((await told(other)).join('\n')).toContain('did you mean "ext/db/mysql"?');
  });
});

test('other kinds are not looked at', async () => {
  expect(await validate({ apiVersion: 'v1', kind: 'Pod' }, 'team')).toEqual([]);
  expect(await validate({}, 'team')).toEqual([]);
});

describe('the text of a refusal', () => {
  const fault = {
    file: '',
    line: 1,
    column: 1,
    path: 'spec.a',
    code: 'X',
    severity: 'error',
    message: 'is\nbad',
  } as const;

  test('is one line for one fault', () => {
    expect(refusalText('WorkflowRun demo', [fault])).toBe('WorkflowRun demo is refused: spec.a: is bad');
  });

  test('is a line for each of several', () => {
    expect(
      refusalText('WorkflowRun demo', [
        fault,
        { ...fault, suggestion: 'b' },
        { ...fault, suggestion: 'do it' },
      ]),
    ).toBe(
      'WorkflowRun demo is refused, it has 3 faults:\n- spec.a: is bad\n- spec.a: is bad (did you mean b?)\n- spec.a: is bad (do it)',
    );
  });

  test('ends somewhere', () => {
    const text = refusalText(
      'WorkflowRun demo',
      Array.from({ length: 70 }, () => fault),
    );
    expect(text.split('\n')).toHaveLength(52);
    expect(text).toMatch(/- and 20 more$/);
  });
});
