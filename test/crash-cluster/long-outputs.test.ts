import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { Bench } from './bench.ts';
import { report } from './options.ts';
import { noiseOf, type ScriptedAnswer } from './provider.ts';
import { describeRun, phaseOf } from './run-status.ts';

const kib = 1024;
const mib = 1024 * kib;
/** A status stays under this, whatever the outputs. */
const statusLimit = 512 * kib;

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
  await bench.api.do(
    'POST',
    `/apis/core.oam.dev/v1beta1/namespaces/${bench.namespace}/workflowstepdefinitions`,
    fetchLong(),
  );
});
afterAll(() => bench.close());

interface Row {
  readonly name: string;
  readonly answer: ScriptedAnswer;
  readonly steps: number;
  /** What a run that is refused says. Undefined: it succeeds. */
  readonly refused?: RegExp;
}

/** Refused by what it is, or by what the state of the run comes to. */
const tooLong = /\d+ (KiB|characters)/;

const rows: readonly Row[] = [
  { name: '32k', answer: { noise: 32 * kib }, steps: 1 },
  { name: '512k-even', answer: { length: 512 * kib }, steps: 1 },
  { name: '512k', answer: { noise: 512 * kib }, steps: 1, refused: tooLong },
  { name: '1536k-even', answer: { length: 1536 * kib }, steps: 1 },
  { name: '1536k', answer: { noise: 1536 * kib }, steps: 1, refused: tooLong },
  { name: '10m-even', answer: { length: 10 * mib }, steps: 1, refused: tooLong },
  { name: '10m', answer: { noise: 10 * mib }, steps: 1, refused: tooLong },
  { name: '8-of-32k', answer: { noise: 32 * kib }, steps: 8 },
  { name: '40-of-64k', answer: { noise: 64 * kib }, steps: 40, refused: tooLong },
];

describe('outputs of every size', () => {
  test.each(rows)('$name', { timeout: 180_000 }, async ({ name, answer, steps, refused }) => {
    const run = `long-${name}`;
    const names = Array.from({ length: steps }, (_, i) => `fetch-${i}`);
    bench.provider.script(run, Object.fromEntries(names.map((step) => [step, [answer]])));
    await bench.ensureController();
    const path = `/apis/core.oam.dev/v1alpha1/namespaces/${bench.namespace}/workflowruns`;
    await bench.api.do('POST', path, longRun(run, names));
    const finished = await bench.untilEnded(run);
    const size = JSON.stringify(finished['status']).length;
    const sent = bench.provider.callsOf(run).find(({ step }) => step === 'send');
    const ended = describeRun(finished);
    report({
      row: 7,
      name,
      cases: 1,
      notes: `${phaseOf(finished)}, status of ${Math.ceil(size / kib)} KiB${refused === undefined ? '' : `; ${messageOf(finished).slice(0, 90)}`}`,
    });
    expect(size).toBeLessThan(statusLimit);
    expect(bench.controller?.ended).toBeUndefined();
    if (refused === undefined) {
      expect(phaseOf(finished), ended).toBe('succeeded');
      expect(sent?.body).toBe(
        answer.noise === undefined ? 'x'.repeat(answer.length ?? 0) : noiseOf(answer.noise),
      );
    } else {
      expect(phaseOf(finished), ended).toBe('failed');
      expect(messageOf(finished)).toMatch(refused);
      expect(sent).toBeUndefined();
    }
    await bench.remove(run);
  });
});

/** Of the step that failed. */
function messageOf(run: KubeObject): string {
  const { steps = [] } = run['status'] as unknown as { steps?: { phase: string; message?: string }[] };
  return steps.find(({ phase }) => phase === 'failed')?.message ?? '';
}

function longRun(name: string, names: readonly string[]): object {
  const url = `${bench.provider.url}/${name}`;
  return {
    kind: 'WorkflowRun',
    apiVersion: 'core.oam.dev/v1alpha1',
    metadata: { name },
    spec: {
      workflowSpec: {
        steps: [
          ...names.map((step) => ({
            name: step,
            type: 'fetch-long',
            properties: { url: `${url}/${step}` },
            outputs: [{ name: `text-${step}`, valueFrom: 'text' }],
          })),
          {
            name: 'send',
            type: 'request',
            inputs: [{ from: `text-${names.at(-1)}`, parameterKey: 'body' }],
            properties: { url: `${url}/send`, method: 'PUT' },
          },
        ],
      },
    },
  };
}

/** As `request`, for answers of up to 32 MiB. */
function fetchLong(): object {
  return {
    kind: 'WorkflowStepDefinition',
    apiVersion: 'core.oam.dev/v1beta1',
    metadata: { name: 'fetch-long' },
    spec: {
      schematic: {
        sluice: {
          parameters: {
            type: 'object',
            required: ['url'],
            properties: { url: { type: 'string', format: 'http-url' } },
          },
          ops: [
            {
              id: 'req',
              op: 'http',
              with: { method: 'PUT', url: '${ parameter.url }', limitBytes: 32 * mib },
            },
            { id: 'answer', value: '${ $parseJson(req.response.body) }' },
          ],
          outputs: { text: { schema: { type: 'string' }, value: '${ answer.text }' } },
        },
      },
    },
  };
}
