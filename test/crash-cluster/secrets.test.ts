import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { report } from './options.ts';
import type { Call } from './proxy/call.ts';

/** One for each slot that holds a secret; none may be seen anywhere but in Secrets and in the request it is meant for. */
const canaries = {
  modelKey: 'canary-model-key-5Zq1',
  headerKey: 'canary-header-key-8Yw2',
  bodyKey: 'canary-body-key-3Xr3',
  echoed: 'canary-echoed-key-7Vt4',
} as const;

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
  bench.flags = ['--log-level', 'debug'];
  await bench.api.do('POST', `/api/v1/namespaces/${bench.namespace}/secrets`, {
    metadata: { name: 'canaries' },
    stringData: canaries,
  });
});
afterAll(() => bench.close());

describe('canaries in every slot for a secret', () => {
  test(
    'are in no status, Event, log, metric or ConfigMap, also after a crash',
    { timeout: 180_000 },
    async () => {
      const names = ['secrets-ok', 'secrets-failed', 'secrets-killed'];
      for (const name of names) {
        const status = name === 'secrets-failed' ? 500 : 200;
        // The other side says back what it was told, as servers do in errors.
        const echo = {
          status,
          body: { error: { message: `bad key ${canaries.echoed}` }, said: Object.values(canaries) },
        };
        bench.provider.script(name, { header: [echo], model: [{ model: `I know ${canaries.modelKey}` }] });
      }
      await bench.ensureController();
      const path = `/apis/core.oam.dev/v1alpha1/namespaces/${bench.namespace}/workflowruns`;
      await bench.controller?.ready();
      for (const name of names.slice(0, 2)) await bench.api.do('POST', path, secretRun(name));
      for (const name of names.slice(0, 2)) await bench.untilEnded(name);
      bench.provider.onArrival = ({ run, step }) => {
        if (run === 'secrets-killed' && step === 'again') {
          bench.controller?.kill();
          bench.runs.lookAgain();
        }
      };
      await bench.api.do('POST', path, secretRun('secrets-killed'));
      const first = bench.controller;
      await bench.until('the death', () =>
        bench.provider.callsOf('secrets-killed').find(({ step }) => step === 'again'),
      );
      bench.calm();
      await bench.replaceKilled(performance.now());
      await bench.untilEnded('secrets-killed');
      await bench.controller?.ready();
      await bench.quiet();

      const metrics = (await bench.controller?.fetch('/metrics').then((answer) => answer.text())) ?? '';
      const runs = names.map((name) => JSON.stringify(bench.finished(name)?.['status']));
      const places = new Map<string, string>([
        ['log of the first controller', first?.output ?? ''],
        ['log of the second controller', bench.controller?.output ?? ''],
        ['metrics', metrics],
        ...runs.map((text, i) => [`status of ${names[i]}`, text] as const),
        ...bench.proxy.calls
          .filter(({ isWrite, kind }) => isWrite && kind !== 'secret')
          .map((call) => [`${call.verb} ${call.path}`, unpacked(call)] as const),
      ]);
      const hits = [...places].flatMap(([place, text]) =>
        canariesIn(text).map((canary) => `${place}: ${canary}: ${lineOf(text, canary)}`),
      );
      report({
        row: 11,
        name: 'canaries',
        cases: Object.keys(canaries).length,
        notes: `${places.size} places searched, ${hits.length} hits`,
      });
      expect(hits).toEqual([]);
      expect(metrics.length).toBeGreaterThan(100);
      // They did reach those that they were meant for.
      const sent = bench.provider.callsOf('secrets-ok');
      const wanted: readonly (readonly [string, string])[] = [
        ['model', canaries.modelKey],
        ['header', canaries.headerKey],
        ['again', canaries.bodyKey],
      ];
      for (const [step, canary] of wanted) {
        const call = sent.find((seen) => seen.step === step);
        expect(canariesIn(JSON.stringify([call?.headers, call?.body]))).toContain(canary);
      }
    },
  );
});

/** What is written, with what is packed in it unpacked. */
function unpacked({ body }: Call): string {
  const packed = body.match(/"H4sI[A-Za-z0-9+/=]+"/g) ?? [];
  return [
    body,
    ...packed.map((text) => gunzipSync(Buffer.from(text.slice(1, -1), 'base64')).toString()),
  ].join('\n');
}

function canariesIn(text: string): readonly string[] {
  return Object.values(canaries).filter((canary) => {
    const forms = [
      canary,
      Buffer.from(canary).toString('base64').replace(/=+$/, ''),
      encodeURIComponent(canary),
    ];
    return forms.some((form) => text.includes(form));
  });
}

function lineOf(text: string, canary: string): string {
  return (
    text
      .split('\n')
      .find((line) => canariesIn(line).includes(canary))
      ?.slice(0, 1000) ?? ''
  );
}

/** Reads keys from a Secret in every way that there is, and uses what it got as authors do. */
function secretRun(name: string): object {
  const url = `${bench.provider.url}/${name}`;
  const canary = (key: string): object => ({ secretRef: { name: 'canaries', key } });
  return {
    kind: 'WorkflowRun',
    apiVersion: 'core.oam.dev/v1alpha1',
    metadata: { name },
    spec: {
      workflowSpec: {
        steps: [
          {
            name: 'read',
            type: 'read-object',
            properties: { apiVersion: 'v1', kind: 'Secret', name: 'canaries', namespace: bench.namespace },
            outputs: [
              { name: 'body-key', valueFrom: 'output.value.data.bodyKey' },
              { name: 'echoed', valueFrom: 'output.value.data.echoed' },
            ],
          },
          {
            name: 'model',
            type: 'chat-gpt',
            properties: {
              baseUrl: `${url}/model/v1`,
              token: canary('modelKey'),
              prompt: { content: 'hello' },
            },
            outputs: [{ name: 'answer', valueFrom: 'result' }],
          },
          {
            name: 'header',
            type: 'request',
            if: 'always',
            properties: {
              url: `${url}/header`,
              method: 'PUT',
              headersFromSecret: [{ header: 'x-key', secret: 'canaries', key: 'headerKey' }],
            },
            outputs: [{ name: 'said', valueFrom: 'response.said' }],
          },
          {
            name: 'again',
            type: 'request',
            if: 'always',
            inputs: [{ from: 'body-key', parameterKey: 'body' }],
            properties: { url: `${url}/again`, method: 'PUT' },
          },
          {
            name: 'tell',
            type: 'print-message-in-status',
            if: 'always',
            inputs: [{ from: 'answer', parameterKey: 'message' }],
            properties: {},
          },
        ],
      },
    },
  };
}
