import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { crdObjects } from '../../src/api/schema/crd/crd-objects.ts';
import { everyDefinitionField, everyField } from './every-field.ts';
import { conditionOf, installCrds } from './install-crds.ts';
import { KubeApi, type KubeAnswer } from './kube-api.ts';
import { examples } from './run-sluice.ts';

let api: KubeApi;
let namespace: string;
beforeAll(async () => {
  api = new KubeApi('main');
  await installCrds(api);
  namespace = await api.newNamespace();
});
afterAll(() => api?.close());

const inNamespace = (plural: string): string =>
  `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/${plural}`;
const runs = (name = ''): string => `${inNamespace('workflowruns')}${name && `/${name}`}`;
const step = { name: 'a', type: 'suspend' };
const run = (spec: JsonObject, name = 'checked'): JsonObject => ({
  apiVersion: 'core.oam.dev/v1alpha1',
  kind: 'WorkflowRun',
  metadata: { name },
  spec,
});
const steps = (...list: JsonObject[]): JsonObject => ({ workflowSpec: { steps: list } });
const many = (count: number): JsonObject[] =>
  Array.from({ length: count }, (_, index) => ({ name: `s${index}`, type: 'suspend' }));

/** Says what the server would do, and does nothing. */
async function dryRun(object: JsonObject, path = runs()): Promise<KubeAnswer> {
  return api.send('POST', `${path}?dryRun=All&fieldValidation=Strict`, object);
}

const messageOf = ({ body }: KubeAnswer): string => body['message'] as string;

test.each(crdObjects().map((crd) => [crd.metadata.name ?? '']))('%s is structural', async (name) => {
  const crd = await api.do('GET', `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`);
  expect(conditionOf(crd, 'Established')).toBe('True');
  expect(conditionOf(crd, 'NamesAccepted')).toBe('True');
  expect(conditionOf(crd, 'NonStructuralSchema')).toBeUndefined();
});

describe('every example applies as it is', () => {
  const files = readdirSync(examples).filter((name) => name.endsWith('.yaml'));
  test.each(files)('%s', async (name) => {
    for (const document of parseAllDocuments(readFileSync(join(examples, name), 'utf8'))) {
      const object = document.toJS() as JsonObject & { metadata: JsonObject };
      const { metadata, ...rest } = object;
      const path = inNamespace(object['kind'] === 'Workflow' ? 'workflows' : 'workflowruns');
      const answer = await dryRun({ ...rest, metadata: { ...metadata, namespace } }, path);
      expect(answer).toMatchObject({ status: 201, body: rest });
    }
  });
});

describe('refused at once', () => {
  test.each<{ what: string; spec: JsonObject; says: RegExp }>([
    { what: 'no steps', spec: {}, says: /a run needs workflowSpec or workflowRef/ },
    {
      what: 'an empty reference',
      spec: { workflowRef: '' },
      says: /a run needs workflowSpec or workflowRef/,
    },
    {
      what: 'a mode that is none',
      spec: { ...steps(step), mode: { steps: 'Parallel' } },
      says: /spec\.mode\.steps: Unsupported value: "Parallel"/,
    },
    {
      what: 'a mode of a group that is none',
      spec: steps({ ...step, mode: 'dag' }),
      says: /steps\[0\]\.mode: Unsupported value: "dag"/,
    },
    {
      what: 'a timeout in days',
      spec: steps({ ...step, timeout: '1d' }),
      says: /steps\[0\]\.timeout: Invalid value: "1d"/,
    },
    {
      what: 'a timeout of a sub-step without unit',
      spec: steps({ name: 'g', type: 'step-group', subSteps: [{ ...step, timeout: '5' }] }),
      says: /subSteps\[0\]\.timeout: Invalid value: "5"/,
    },
    { what: 'a run timeout below zero', spec: { ...steps(step), timeout: '-1s' }, says: /spec\.timeout/ },
    { what: 'a ttl that is none', spec: { ...steps(step), ttl: 'never' }, says: /spec\.ttl/ },
    {
      what: 'a service account that can have no such name',
      spec: { ...steps(step), serviceAccountName: 'system:admin' },
      says: /spec\.serviceAccountName/,
    },
    { what: 'a step without type', spec: steps({ name: 'a' }), says: /steps\[0\]\.type: Required value/ },
    { what: 'a step with an empty type', spec: steps({ type: '' }), says: /steps\[0\]\.type/ },
    {
      what: 'an output without expression',
      spec: steps({ ...step, outputs: [{ name: 'a' }] }),
      says: /outputs\[0\]\.valueFrom: Required value/,
    },
    {
      what: 'properties that are a list',
      spec: steps({ ...step, properties: [1] as never }),
      says: /properties/,
    },
    {
      what: 'retries without end',
      spec: steps({ ...step, retry: { limit: 101 } }),
      says: /retry\.limit.*less than or equal to 100/,
    },
    {
      what: 'a field that there is not',
      spec: steps({ ...step, propertys: {} }),
      says: /unknown field.*propertys/,
    },
    { what: '1,001 steps', spec: steps(...many(1001)), says: /must have at most 1000 items/ },
    {
      what: '1,001 steps and subSteps',
      spec: steps(...many(500), { name: 'g', type: 'step-group', subSteps: many(500) }),
      says: /at most 1,000 steps and subSteps together/,
    },
  ])('$what', async ({ spec, says }) => {
    const answer = await dryRun(run(spec));
    expect([400, 422]).toContain(answer.status);
    expect(messageOf(answer)).toMatch(says);
  });

  test('the same in a Workflow', async () => {
    const workflow = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'checked' },
      steps: [...many(500), { name: 'g', type: 'step-group', subSteps: many(500) }],
    };
    const path = runs().replace('workflowruns', 'workflows');
    expect(messageOf(await dryRun(workflow, path))).toMatch(/at most 1,000 steps and subSteps together/);
    expect(await dryRun({ ...workflow, steps: many(1000) }, path)).toMatchObject({ status: 201 });
  });
});

describe('accepted', () => {
  test.each<{ what: string; spec: JsonObject }>([
    { what: '1,000 steps', spec: steps(...many(1000)) },
    {
      what: '1,000 steps and subSteps',
      spec: steps(...many(499), { name: 'g', type: 'step-group', subSteps: many(500) }),
    },
    { what: 'a reference', spec: { workflowRef: 'build' } },
    { what: 'a workflow without steps, which KubeVela runs', spec: { workflowSpec: {} } },
    { what: 'steps without names', spec: steps({ type: 'suspend' }, { type: 'suspend' }) },
    {
      what: 'nulls, which mean nothing is there',
      spec: { ...steps({ ...step, mode: null, if: null, properties: null }), mode: null, context: null },
    },
    {
      what: 'empty texts, as programs in Go write them',
      spec: { ...steps({ ...step, name: '', mode: '' }), mode: { steps: '' } },
    },
    {
      what: 'durations in every unit',
      spec: { ...steps({ ...step, timeout: '1h2m3.5s4ms5us6µs7ns' }), ttl: '24h', timeout: '+.5h' },
    },
  ])('$what', async ({ spec }) => {
    expect(await dryRun(run(spec))).toMatchObject({ status: 201 });
  });
});

test('nothing that KubeVela or Sluice writes is dropped', async () => {
  const every = everyField();
  const created = await api.do('POST', `${runs()}?fieldValidation=Strict`, run(every.spec, 'every-field'));
  expect(created['spec']).toEqual(every.spec);
  // A merge patch would drop what is null, wherever it stands.
  const stored = await api.do('PUT', `${runs('every-field')}/status?fieldValidation=Strict`, {
    ...created,
    status: every.status,
  });
  expect(stored['status']).toEqual(every.status);

  const definitions = runs()
    .replace('v1alpha1', 'v1beta1')
    .replace('workflowruns', 'workflowstepdefinitions');
  const { spec, status } = everyDefinitionField();
  const definition = await api.do('POST', `${definitions}?fieldValidation=Strict`, {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'WorkflowStepDefinition',
    metadata: { name: 'every-field' },
    spec,
  });
  expect(definition['spec']).toEqual(spec);
  const withStatus = await api.do('PATCH', `${definitions}/every-field/status?fieldValidation=Strict`, {
    status,
  });
  expect(withStatus['status']).toEqual(status);
});

describe('the spec of a run', () => {
  const edits: readonly (readonly [what: string, spec: JsonObject])[] = [
    [
      'a step more',
      { workflowSpec: { steps: [{ name: 'a', properties: { deep: { x: 1 } }, type: 'suspend' }, step] } },
    ],
    [
      'another property',
      { workflowSpec: { steps: [{ name: 'a', properties: { deep: { x: 2 } }, type: 'suspend' }] } },
    ],
    [
      'a property less',
      { workflowSpec: { steps: [{ name: 'a', properties: { deep: null }, type: 'suspend' }] } },
    ],
    ['another context', { context: { a: { b: 2 } } }],
    ['another timeout', { timeout: '2m' }],
    ['another account', { serviceAccountName: 'other' }],
  ];
  const spec = {
    context: { a: { b: 1 } },
    timeout: '1m',
    workflowSpec: { steps: [{ name: 'a', type: 'suspend', properties: { deep: { x: 1 } } }] },
  };

  test('is fixed while the run has not finished, and only then', async () => {
    const name = 'edited';
    await api.do('POST', runs(), run(spec, name));
    const edit = async (patch: JsonObject): Promise<KubeAnswer> =>
      api.send('PATCH', `${runs(name)}?dryRun=All`, { spec: patch });
    const setStatus = async (status: JsonObject): Promise<JsonObject> =>
      api.do('PATCH', `${runs(name)}/status`, { status });

    for (const [what, patch] of edits) expect(await edit(patch), what).toMatchObject({ status: 200 });
    await setStatus({ status: 'executing', finished: false });
    for (const [what, patch] of edits) {
      const answer = await edit(patch);
      expect(answer, what).toMatchObject({ status: 422 });
      expect(messageOf(answer), what).toMatch(/the spec of a run that has not finished is fixed/);
    }
    // Labels are no spec, and a command is a status.
    await api.do('PATCH', runs(name), { metadata: { labels: { a: 'b' } } });
    await setStatus({ suspend: true });
    await setStatus({ status: 'succeeded', finished: true });
    for (const [what, patch] of edits) expect(await edit(patch), what).toMatchObject({ status: 200 });
  });

  test('can be edited again once a restart has emptied the status', async () => {
    const name = 'restarted';
    await api.do('POST', runs(), run(spec, name));
    const begun = await api.do('PATCH', `${runs(name)}/status`, {
      status: { status: 'executing', finished: false },
    });
    await api.do('PUT', `${runs(name)}/status`, { ...begun, status: {} });
    expect(await api.send('PATCH', runs(name), { spec: { timeout: '2m' } })).toMatchObject({ status: 200 });
  });
});

test.each<{ what: string; patch: JsonObject }>([
  { what: 'suspend', patch: { suspend: true } },
  { what: 'terminate', patch: { terminated: true, suspend: false, steps: [{ id: 'x', phase: 'failed' }] } },
  { what: 'the empty time of a program in Go', patch: { status: 'executing', endTime: null } },
  { what: 'a mode that the schema of a spec refuses', patch: { mode: { steps: 'Parallel' } } },
])('a status may be patched in part: $what', async ({ patch }) => {
  const { metadata } = (await api.do('POST', runs(), {
    ...run(steps(step)),
    metadata: { generateName: 'patched-' },
  })) as { metadata: { name: string } };
  await api.do('PATCH', `${runs(metadata.name)}/status`, { status: patch });
});

test('a list shows phase, progress and age', async () => {
  const { metadata } = (await api.do('POST', runs(), {
    ...run(steps(step)),
    metadata: { generateName: 'shown-' },
  })) as { metadata: { name: string } };
  await api.do('PATCH', `${runs(metadata.name)}/status`, {
    status: { status: 'executing', progress: '2/3' },
  });
  const table = await api.table(runs(metadata.name));
  expect(table.columnDefinitions.map(({ name }) => name)).toEqual(['Name', 'PHASE', 'STEP', 'AGE']);
  expect(table.rows[0]?.cells.slice(0, 3)).toEqual([metadata.name, 'executing', '2/3']);
});
