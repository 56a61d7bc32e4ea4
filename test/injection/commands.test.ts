import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { maskingNotice } from '../../src/evidence/masking/masker.ts';
import { event, object, ownedBy } from '../analyze/cluster/objects.ts';
import { serveObjects } from '../canary/serve-objects.ts';
import { realCli } from '../cli/real-cli.ts';
import { saying, startModelServer, type ModelServer } from '../examples/model-server.ts';
import { outputTechniques } from './output-techniques.ts';
import { techniques } from './techniques.ts';

let stateDir: string;
let model: ModelServer;
/** What the user's own analyzer says of the Deployment. */
let said = '';
const analyzer = createServer((request, response) => {
  request.resume().on('end', () => {
    const about = { kind: 'Deployment', namespace: 'shop', name: 'web' };
    const findings = [{ object: about, severity: 'high', text: said, fix: said }];
    response.end(JSON.stringify({ findings }));
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => void analyzer.listen(0, '127.0.0.1', resolve));
  model = await startModelServer(saying('Look at it.'));
});
afterAll(async () => {
  await model.close();
  analyzer.close();
});
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-injection-'));
  const url = `http://127.0.0.1:${(analyzer.address() as AddressInfo).port}/`;
  const own = { name: 'Own', selects: [{ apiVersion: 'apps/v1', kind: 'Deployment' }], http: { url } };
  await writeFile(join(stateDir, 'rules.json'), JSON.stringify({ analyzers: [own] }));
});

interface Texts {
  readonly annotation?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly waiting?: string;
  readonly image?: string;
  readonly log?: string;
  readonly own?: string;
}

const plain = 'an ordinary text of a team';

/** A Deployment whose Pod does not start, and what others wrote about it. */
function world(texts: Texts): readonly KubeObject[] {
  const { annotation = plain, message = plain, reason = 'Failed', waiting = plain, image = 'web:1' } = texts;
  const spec: Json = { containers: [{ name: 'c', image, resources: {} }] };
  const web = object(
    'apps/v1',
    'Deployment',
    'web',
    { spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { spec } }, status: {} },
    { annotations: { 'team/note': annotation } },
  );
  const pod = object(
    'v1',
    'Pod',
    'web-1',
    {
      spec,
      status: {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'c',
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff', message: waiting } },
            lastState: { terminated: { exitCode: 1, reason: 'Error', message: waiting } },
          },
        ],
      },
    },
    { ...ownedBy(web), annotations: { 'team/note': annotation } },
  );
  return [web, pod, event(pod, reason, message), event(web, reason, message)];
}

interface Asked {
  readonly instructions: readonly string[];
  readonly evidence: readonly string[];
  readonly shown: string;
}

/** Asks the model with these texts in the world, and takes each request apart. */
async function ask(command: readonly string[], texts: Texts): Promise<Asked> {
  said = texts.own ?? plain;
  const from = model.seen.length;
  const place = await serveObjects(world(texts), `starting\nERROR ${texts.log ?? plain}\n`);
  const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-operators-own-key', OPENAI_MODEL: 'small' };
  try {
    const { code, stdout, stderr } = await realCli([...command, '--kubeconfig', place.kubeconfig], {
      stateDir,
      env,
    });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const requests = model.seen.slice(from).map(({ body }) => apart(body));
    return {
      instructions: requests.map(({ instructions }) => instructions),
      evidence: requests.map(({ evidence }) => evidence),
      shown: stdout,
    };
  } finally {
    await place.close();
  }
}

/** The request in two: what instructs, with the secret of the fence named, and the one line that is evidence. */
function apart(body: string): { readonly instructions: string; readonly evidence: string } {
  const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
  const content = messages.at(-1)?.content ?? '';
  const [, nonce = ''] = /\nBEGIN EVIDENCE ([0-9a-f]+)\n/.exec(content) ?? [];
  const [begin, end] = [`\nBEGIN EVIDENCE ${nonce}\n`, `\nEND EVIDENCE ${nonce}`];
  const [from, to] = [content.indexOf(begin), content.lastIndexOf(end)];
  const evidence = content.slice(from + begin.length, to);
  const around = [
    ...messages.slice(0, -1),
    { role: 'user', content: content.slice(0, from) + content.slice(to) },
  ];
  expect(nonce).toMatch(/^[0-9a-f]{16,}$/);
  expect(evidence).not.toContain(nonce);
  const instructions = around.map(({ role, content: told }) => `${role}: ${withoutNotices(told)}`);
  return { instructions: instructions.join('\n').replaceAll(nonce, 'NONCE'), evidence };
}

/** Fixed texts that stand in a request where something in its evidence was replaced. */
function withoutNotices(told: string): string {
  const standIns = /\n\nNames that end in -pod-1.*what they stand for\./;
  return told.replace(`\n\n${maskingNotice}`, '').replace(standIns, '');
}

/** Whatever a model or a terminal may obey, unless it is written as an escape. */
const obeyed =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Default_Ignorable_Code_Point}]|<\||\[\/?INST\]|<<SYS>>|<\/?think>|<\/s>/u;

const explain = ['analyze', '--filter', 'Pod,Deployment,Log', '--explain', '--no-cache'];
const diagnose = ['diagnose', 'deploy/web', '-n', 'shop', '--logs', '20', '--no-cache'];

const audit = ['audit', 'deploy/web', '-n', 'shop', '--no-images', '--explain', '--no-cache'];

const paths: readonly (readonly [
  path: string,
  command: readonly string[],
  texts: (text: string) => Texts,
])[] = [
  ['the message of an event, explained', explain, (message) => ({ message })],
  ['a log, explained', explain, (log) => ({ log: log.replaceAll(/[\n\r]/g, ' ') })],
  ['the message of a container, explained', explain, (waiting) => ({ waiting })],
  [
    'what an analyzer of the user says, explained',
    [...explain, '--rules', 'rules.json'],
    (own) => ({ own: own.slice(0, 4000) }),
  ],
  ['an annotation, diagnosed', diagnose, (annotation) => ({ annotation })],
  ['an event, diagnosed', diagnose, (message) => ({ message, reason: message.slice(0, 100) })],
  ['a log, diagnosed', diagnose, (log) => ({ log })],
  ['an image, diagnosed', diagnose, (image) => ({ image })],
  ['an image, audited', audit, (image) => ({ image })],
  ['an annotation, audited', audit, (annotation) => ({ annotation })],
];

const all: readonly (readonly [name: string, text: string])[] = [
  ...techniques.map(({ name, text }) => [name, text] as const),
  ...outputTechniques,
];

describe.each(paths)('%s', (_path, command, texts) => {
  test('no text changes what the model is told to do, nor leaves the evidence', async () => {
    const benign = await ask(command, texts(plain));
    expect(benign.instructions.length).toBeGreaterThan(0);
    const [instructions] = benign.instructions;
    for (const [name, text] of all) {
      const asked = await ask(command, texts(text));
      expect({ name, instructions: [...new Set(asked.instructions)] }).toEqual({
        name,
        instructions: [instructions],
      });
      for (const evidence of asked.evidence) {
        expect(evidence).not.toMatch(/[\n\r]/);
        expect(evidence.match(obeyed)).toBeNull();
        expect(typeof JSON.parse(evidence)).toBe('string');
      }
      expect(asked.shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }
  }, 120_000);
});
