import { describe, expect, test } from 'vitest';
import { checkWorkflow } from '../../src/plan/compile-plan.ts';
import { planFaultCodes } from '../../src/plan/plan-fault-codes.ts';
import { document, faultsOf, planOf, runWith } from './compile-text.ts';
import { expectFault, stepRow } from './fault-rows.ts';
import { sampleCatalog } from './sample-catalog.ts';
import { sampleExpressions } from './sample-expressions.ts';

const clustersOf = (...names: readonly string[]) => ({ clusters: { names: async () => names } });
const real = clustersOf('prod', 'test');
const noModel = { model: { missing: 'there is no key; set OPENAI_API_KEY' } } as const;
const chat = (properties: string): string =>
  `- type: ¦chat-gpt\n  properties: {prompt: {type: audit, content: a}, ${properties}}`;

const rows = [
  stepRow({
    name: 'an unknown cluster',
    steps: '- type: apply-deployment\n  properties: {image: a, cluster: ¦prd}',
    code: 'UnknownCluster',
    at: '[0].properties.cluster',
    says: /no cluster "prd"; known are prod, test/,
    suggestion: 'prod',
    dependencies: real,
  }),
  stepRow({
    name: 'a cluster where none has a name',
    steps: '- type: apply-deployment\n  properties: {image: a, cluster: ¦prod}',
    code: 'UnknownCluster',
    at: '[0].properties.cluster',
    says: /no cluster is known by a name/,
    dependencies: clustersOf(),
  }),
  stepRow({
    name: 'no model',
    steps: chat('token: {value: <your token>}'),
    code: 'NoModel',
    at: '[0].type',
    says: /calls a model: there is no key; set OPENAI_API_KEY/,
    dependencies: noModel,
  }),
  stepRow({
    name: 'no model, an empty token',
    steps: chat('token: {value: ""}'),
    code: 'NoModel',
    at: '[0].type',
    says: /calls a model/,
    dependencies: noModel,
  }),
];

describe('faults of the environment', () => {
  test.each(rows)('$name', expectFault);

  test.each([
    ['a known cluster', clustersOf('prd')],
    ['where nothing is known of clusters, any name', {}],
  ] as const)('%s', async (_name, dependencies) => {
    expect(
      await faultsOf(
        runWith('- type: apply-deployment\n  properties: {image: a, cluster: prd}'),
        dependencies,
      ),
    ).toEqual([]);
  });

  test('clusters are asked for names once, and only when a name is not known without', async () => {
    const asked: string[] = [];
    const clusters = {
      knows: (name: string) => name === 'known',
      names: async () => {
        asked.push('names');
        return ['other'];
      },
    };
    const applying = (cluster: string): string =>
      `- {type: apply-deployment, properties: {image: a, cluster: ${cluster}}}\n`;
    await planOf(runWith(applying('known') + applying('""') + applying('known')), { clusters });
    expect(asked).toEqual([]);
    await planOf(runWith(applying('other') + applying('other')), { clusters });
    expect(asked).toEqual(['names']);
  });

  test.each([
    ['a token', chat('token: {value: sk-1}'), noModel],
    ['a secret', chat('token: {secretRef: {name: a, key: b}}'), noModel],
    ['an address', chat('token: {}, baseUrl: "http://127.0.0.1:1/v1"'), noModel],
    [
      'a token from an input',
      `${chat('token: {}')}\n  inputs: [{from: context.name, parameterKey: token.value}]`,
      noModel,
    ],
    ['a model for all', chat('token: {}'), { model: 'available' }],
    [
      'a server that the operator knows',
      chat('token: {}, server: lab'),
      { model: { ...noModel.model, servers: ['lab'] } },
    ],
    ['no step that calls one', '- type: suspend', noModel],
  ] as const)('%s is enough for the model', async (_name, steps, dependencies) => {
    const faults = await faultsOf(runWith(steps), dependencies);
    expect(faults.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

const text = (names: string): string =>
  runWith(
    '- {name: a, type: suspend}\n- {name: g, type: step-group, subSteps: [{name: s, type: suspend}]}',
  ).replace('  name: run\n', `  name: run\n  annotations:\n    sluice.dev/require: ${names}\n`);

describe('required steps', () => {
  test('from the annotation and from the request, by path, once', async () => {
    const plan = await planOf(text('a, s'), { require: ['g/s', 'g', 'a'] });
    expect(plan.require).toEqual(['a', 'g/s', 'g']);
  });

  test('an unknown one in the annotation', async () => {
    expect(await faultsOf(text('a,¦sss'))).toMatchObject(
      [
        {
          code: 'UnknownRequiredStep',
          line: 6,
          column: 25,
          path: 'metadata.annotations["sluice.dev/require"]',
          suggestion: 's',
        },
      ].map(({ suggestion: _none, ...rest }) => rest),
    );
  });

  test('an unknown one in the request', async () => {
    expect(await faultsOf(text('a'), { require: ['aa'] })).toMatchObject([
      { code: 'UnknownRequiredStep', severity: 'error', line: 1, suggestion: 'a' },
    ]);
  });

  test('none', async () => {
    expect((await planOf(text('""'))).require).toEqual([]);
  });
});

const check = (steps: string): ReturnType<typeof checkWorkflow> =>
  checkWorkflow(
    document(`apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nsteps:\n${steps}`),
    {
      catalog: sampleCatalog(),
      expressions: sampleExpressions(),
    },
  );

describe('a Workflow by itself', () => {
  test('is checked like a run', async () => {
    expect(await check('- type: suspned\n')).toMatchObject([
      { code: 'UnknownStepType', path: 'steps[0].type' },
    ]);
  });

  test('may use any context of the run that will name it', async () => {
    expect(
      await check(
        '- type: suspend\n  if: context.env == "a"\n  inputs: [{from: context.a.b, parameterKey: message}]\n',
      ),
    ).toEqual([]);
  });
});

test('every code has a meaning of one line', () => {
  for (const [code, meaning] of Object.entries(planFaultCodes)) {
    expect(code).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(meaning).toMatch(/^[A-Z`][^\n]*\.$/);
  }
});

describe('the budget for models in an annotation', () => {
  const budgeted = (budget: string): string =>
    runWith('- type: suspend').replace(
      '  name: run\n',
      `  name: run\n  annotations:\n    sluice.dev/model-budget: ${budget}\n`,
    );

  test('may be tokens, calls and dollars', async () => {
    expect(await faultsOf(budgeted('"tokens=20000,cost=0.50,calls=10"'))).toEqual([]);
  });

  test('that cannot be read is a fault', async () => {
    expect(await faultsOf(budgeted('tokens=many'))).toMatchObject([
      {
        code: 'BadModelBudget',
        severity: 'error',
        path: 'metadata.annotations["sluice.dev/model-budget"]',
        message:
          'the budget for models cannot be read: "tokens=many" is none of tokens=N, cost=DOLLARS and calls=N',
      },
    ]);
  });
});
