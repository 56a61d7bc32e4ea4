import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { knownAnalyzers } from '../../src/analyze/cluster/known-analyzers.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { saying, startModelServer } from '../examples/model-server.ts';
import { openLeakyPlace } from './leaky-place.ts';
import { leaksIn } from './leaks-in.ts';
import { Canaries } from './scene.ts';

const all = knownAnalyzers.map(({ name }) => name).join(',');
const objects = [
  'deploy/web',
  'pod/web-1',
  'sts/db',
  'svc/web',
  'ingress/web',
  'pvc/data',
  'job/j',
  'cronjob/n',
  'hpa/web',
  'cm/settings',
  'ns/shop',
  'node/n1',
];

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-canary-'));
});

type Cli = (...words: readonly string[]) => Promise<RealEnd>;

async function withLeaks(
  first: number,
  use: (planted: Canaries, cli: Cli) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const planted = new Canaries('Cnry');
  const place = await openLeakyPlace(planted, first);
  try {
    await use(planted, async (...words) =>
      realCli([...words, '--kubeconfig', place.kubeconfig], { stateDir, env }),
    );
  } finally {
    await place.close();
  }
}

const reports: Readonly<Record<string, readonly string[]>> = {
  analyze: ['text', 'json', 'yaml', 'sarif', 'junit', 'markdown', 'k8sgpt'],
  audit: ['text', 'json', 'yaml', 'sarif', 'junit', 'markdown'],
};
const options: Readonly<Record<string, readonly string[]>> = {
  analyze: ['--filter', all],
  audit: ['-A', '--no-images'],
};

describe.each(Object.entries(reports))('%s', (command, formats) => {
  test.each(formats)('-o %s shows no secret', async (format) => {
    await withLeaks(formats.indexOf(format), async (planted, cli) => {
      expect(planted.values.length).toBeGreaterThanOrEqual(50);
      const { code, stdout, stderr } = await cli(command, ...(options[command] ?? []), '-o', format);
      expect({ code, stderr: leaksIn(planted, stderr) }).toEqual({ code: 0, stderr: [] });
      // What stands beside the secrets is shown: so what stood there was looked at.
      if (command === 'analyze') expect(stdout).toMatch(/\*{3}|(?:\\\*){3}/);
      expect(stdout.length).toBeGreaterThan(1000);
      expect(leaksIn(planted, stdout)).toEqual([]);
    });
  });
});

test.each(['text', 'json', 'yaml', 'markdown'])('diagnose -o %s shows no secret', async (format) => {
  await withLeaks(format.length, async (planted, cli) => {
    for (const object of objects) {
      const { stdout, stderr } = await cli('diagnose', object, '-n', 'shop', '-o', format, '--logs', '100');
      expect(stdout + stderr).toContain(object.split('/')[1]);
      expect({ object, leaks: leaksIn(planted, stdout + stderr) }).toEqual({ object, leaks: [] });
    }
  });
});

const asking: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'analyze --explain': [['analyze', '--filter', all, '--explain']],
  'audit --explain': ['deploy/web', 'pod/web-1', 'cm/settings'].map((object) => [
    'audit',
    object,
    '-n',
    'shop',
    '--no-images',
    '--explain',
  ]),
  diagnose: objects.map((object) => ['diagnose', object, '-n', 'shop', '--logs', '100']),
};

describe.each(Object.entries(asking))('%s', (_command, calls) => {
  test.each([
    { words: [] },
    { words: ['--anonymize'] },
    { words: ['-o', 'json'] },
    { words: ['-o', 'k8sgpt', '--anonymize'] },
  ] satisfies readonly { readonly words: readonly string[] }[])(
    'tells a model no secret: $words',
    async ({ words }: { readonly words: readonly string[] }) => {
      const isOfAnalyze = words.includes('k8sgpt');
      if (isOfAnalyze && calls[0]?.[0] !== 'analyze') return;
      const model = await startModelServer();
      // It repeats all it was told.
      model.answer = (response) => {
        const { messages } = JSON.parse(model.seen.at(-1)?.body ?? '') as { messages: { content: string }[] };
        saying(messages.map(({ content }) => content).join('\n'))(response);
      };
      const env = {
        OPENAI_BASE_URL: model.url,
        OPENAI_API_KEY: 'sk-operators-own-key',
        OPENAI_MODEL: 'small',
      };
      try {
        await withLeaks(
          words.length,
          async (planted, cli) => {
            for (const call of calls) {
              const { code, stdout, stderr } = await cli(...call, ...words);
              expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
              expect(leaksIn(planted, stdout + stderr)).toEqual([]);
            }
            expect(model.seen.length).toBeGreaterThan(calls.length / 2);
            expect(leaksIn(planted, model.seen.map(({ body }) => body).join('\n'))).toEqual([]);
            // Answers are kept, and what was asked is what they are found by.
            const kept = await readFile(join(stateDir, 'sluice.db'), 'latin1');
            expect(leaksIn(planted, kept)).toEqual([]);
          },
          env,
        );
      } finally {
        await model.close();
      }
    },
  );
});

const selects = [
  ['v1', 'Pod'],
  ['apps/v1', 'Deployment'],
  ['v1', 'Event'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'Node'],
  ['wgpolicyk8s.io/v1alpha2', 'PolicyReport'],
].map(([apiVersion, kind]) => ({ apiVersion, kind }));

test('a program that judges objects is sent no secret', async () => {
  let sent = '';
  const server = createServer((request, response) => {
    request.setEncoding('utf8').on('data', (chunk: string) => (sent += chunk));
    request.on('end', () => response.end('{"findings":[]}'));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const rules = { analyzers: [{ name: 'Own', selects, http: { url } }] };
  await writeFile(join(stateDir, 'rules.json'), JSON.stringify(rules));
  try {
    await withLeaks(0, async (planted, cli) => {
      const { code, stderr } = await cli('analyze', '--rules', 'rules.json');
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect(sent).toContain('ConfigMap');
      expect(leaksIn(planted, sent)).toEqual([]);
    });
  } finally {
    server.close();
  }
});

test('a rule of the user quotes no secret', async () => {
  const rule = (kind: (typeof selects)[number], index: number): object => ({
    name: `Own${index}`,
    selects: [kind],
    when: 'true',
    severity: 'low',
    text: '${ object }',
    fix: 'It says ${ object }.',
  });
  await writeFile(join(stateDir, 'rules.json'), JSON.stringify({ analyzers: selects.map(rule) }));
  await withLeaks(3, async (planted, cli) => {
    const { code, stdout, stderr } = await cli('analyze', '--rules', 'rules.json', '-o', 'json');
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('custom/Own');
    expect(leaksIn(planted, stdout)).toEqual([]);
  });
});
