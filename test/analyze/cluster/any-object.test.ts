import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { defaultAnalyzers } from '../../../src/analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../../../src/analyze/cluster/optional-analyzers.ts';
import { k8sgptOutput } from '../../../src/cli/analyze/k8sgpt-output.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { brokenState } from './broken-state.ts';
import { analyze } from './objects.ts';

const analyzers = [...defaultAnalyzers, ...optionalAnalyzers];

const hostile = '\u0000\u001b[31m\r\n\u2028\u202Exe';
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Json>(
      null,
      true,
      false,
      0,
      -1,
      1.5,
      1e300,
      10n ** 30n,
      '',
      'web',
      'True',
      'x'.repeat(3000),
      '\ud800',
      hostile,
    ),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('name', 'type', 'status', 'kind', '__proto__', 'constructor', hostile),
      tie('json'),
      {
        maxKeys: 3,
      },
    ),
  ),
}));

/** What is to become of a state: of so many of its values, counted in order, each is replaced or removed. */
const changes = fc.array(fc.record({ at: fc.nat(2000), value: fc.option(json, { nil: undefined }) }), {
  minLength: 1,
  maxLength: 40,
});

/** `apiVersion`, `kind` and where an object is are what a list is made by; everything else may be anything. */
const kept: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'metadata.name',
  'metadata.namespace',
]);

function changed(
  objects: readonly KubeObject[],
  wanted: ReadonlyMap<number, Json | undefined>,
): readonly KubeObject[] {
  let count = 0;
  const walk = (value: Json, path: string): Json | undefined => {
    if (!kept.has(path) && path !== '') {
      count += 1;
      if (wanted.has(count)) return wanted.get(count);
    }
    if (Array.isArray(value))
      return (value as readonly Json[]).map((item) => walk(item, `${path}[]`) ?? null);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      walk(item, path === '' ? key : `${path}.${key}`),
    ]);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as JsonObject;
  };
  return objects.map((each) => walk(each as unknown as Json, '') as unknown as KubeObject);
}

async function look(given: readonly KubeObject[]): Promise<string> {
  const podLog = async (): Promise<string> => `panic: ${hostile}\n{"level":`;
  const analysis = await analyze({ ...fakeCluster(given), podLog }, { analyzers });
  for (const { id, text, fix, evidence } of analysis.findings)
    for (const line of [text, fix, ...evidence.map((each) => each.text)])
      expect(line, id).not.toMatch(/[\p{Cc}\u2028\u202E]/u);
  const output = k8sgptOutput(analysis) as JsonObject;
  return stringifyJson({ ...(analysis as unknown as JsonObject), output });
}

test('whatever objects hold, every analyzer answers, on single lines, in one order', async () => {
  await fc.assert(
    fc.asyncProperty(
      changes,
      fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
      async (wanted, numbers) => {
        const objects = changed(brokenState, new Map(wanted.map(({ at, value }) => [at % 620, value])));
        const shuffled = objects
          .map((each, index) => [numbers[index] ?? 0, each] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, each]) => each);
        expect(await look(shuffled)).toBe(await look(objects));
      },
    ),
    { numRuns: 300 },
  );
});

test('each value in turn may be a text that forges lines, or of another type', async () => {
  const values: readonly Json[] = [hostile, { x: 1 }];
  const faults: string[] = [];
  for (const value of values)
    for (let at = 1; at <= 620; at += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one state after the other
      await look(changed(brokenState, new Map([[at, value]]))).catch((error: unknown) => {
        faults.push(`${at} ${stringifyJson(value)}: ${String(error).split('\n')[0] ?? ''}`);
      });
    }
  expect(faults).toEqual([]);
});

test('the state that is changed has something wrong for every analyzer', async () => {
  const { findings } = await analyze(brokenState, { analyzers });
  const silent = analyzers
    .map(({ name }) => name)
    .filter((name) => !findings.some(({ analyzer }) => analyzer === name));
  // These say what others of their kind say, or need a log.
  expect(silent).toEqual([
    'ReplicaSet',
    'DaemonSet',
    'MutatingWebhookConfiguration',
    'Log',
    'ClusterPolicyReport',
  ]);
});
