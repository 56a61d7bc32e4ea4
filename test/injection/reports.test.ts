import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseXml } from '@rgrove/parse-xml';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { knownAnalyzers } from '../../src/analyze/cluster/known-analyzers.ts';
import type { Json } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { brokenState } from '../analyze/cluster/broken-state.ts';
import { serveObjects } from '../canary/serve-objects.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { outputTechniques } from './output-techniques.ts';

const all = knownAnalyzers.map(({ name }) => name).join(',');
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-output-'));
});

/** With the text in place of every text but what objects are found by. */
function spoilt(value: Json, text: string, key = ''): Json {
  if (typeof value === 'string') return spared.has(key) ? value : text;
  if (Array.isArray(value)) return value.map((item: Json) => spoilt(item, text, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, spoilt(item, text, name)]));
}
const spared: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'uid',
  'type',
  'status',
  'phase',
  'result',
]);

async function run(words: readonly string[], text: string, isNamed: boolean): Promise<RealEnd> {
  const objects = brokenState.map((object) => {
    const { metadata, ...rest } = object as unknown as { metadata: Record<string, Json> };
    const changed = spoilt(rest, text) as object;
    return {
      ...changed,
      metadata: isNamed ? { ...metadata, name: text } : metadata,
    } as unknown as KubeObject;
  });
  const place = await serveObjects(objects, `ERROR ${text}\n${text} failed\n`);
  try {
    const argv = [...words, '--kubeconfig', place.kubeconfig];
    return await realCli(argv, { stateDir, env: { GITHUB_ACTIONS: 'true' } });
  } finally {
    await place.close();
  }
}

/** What moves a cursor, turns text around, hides it, or begins a line that was not begun. */
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function checkLines(text: string): void {
  expect(text).not.toMatch(/^\s*::|##\[/m);
  // What takes the meaning from a command of GitHub's, and from mentions and links.
  const marked = text.replaceAll(/(?<=[:#@])\u200B/g, '');
  for (const line of marked.split('\n')) {
    expect(line).not.toMatch(steering);
  }
}

const checks: Readonly<Record<string, (text: string) => void>> = {
  text: checkLines,
  json: (text) => expect(JSON.stringify(JSON.parse(text), undefined, 2)).toBe(text.trimEnd()),
  yaml: (text) => expect(parse(text)).toBeTypeOf('object'),
  sarif: (text) => expect(JSON.parse(text)).toMatchObject({ version: '2.1.0' }),
  junit: (text) => expect(parseXml(text).root?.name).toBe('testsuites'),
  k8sgpt: (text) => expect(JSON.parse(text)).toMatchObject({ status: 'ProblemDetected' }),
  markdown: checkMarkdown,
};

/** Rows stay rows, and nothing in them is markup. */
function checkMarkdown(text: string): void {
  checkLines(text);
  for (const line of text.split('\n')) {
    if (line.startsWith('|')) expect(line.replaceAll(/\\./g, '').match(/\|/g)).toHaveLength(6);
    const plain = line
      .replace(/^\*\*(.+?)\*\*/, '$1')
      .replaceAll(/\\./g, '')
      .replace(/^(?:\| -+ )?\||^[-#>] |^### /, '');
    expect(plain).not.toMatch(/<|`|\]\(|!\[|@\w|:\/\/|\*\*\w/);
  }
}

const commands: readonly (readonly [name: string, words: readonly string[], formats: readonly string[]])[] = [
  ['analyze', ['analyze', '--filter', all], Object.keys(checks)],
  ['diagnose', ['diagnose', 'pod/web-1', '-n', 'shop', '--logs', '9'], ['text', 'json', 'yaml', 'markdown']],
  ['audit', ['audit', '-A', '--no-images'], Object.keys(checks).filter((format) => format !== 'k8sgpt')],
];

describe.each(outputTechniques)('%s', (_name, text) => {
  test.each(
    commands.flatMap(([name, words, formats]) => formats.map((format) => [name, format, words] as const)),
  )('%s -o %s', async (command, format, words) => {
    for (const isNamed of command === 'diagnose' ? [false] : [false, true]) {
      const { code, stdout, stderr } = await run([...words, '-o', format], text, isNamed);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.length).toBeGreaterThan(500);
      checkLines(stderr);
      checks[format]?.(stdout);
    }
  });
});
