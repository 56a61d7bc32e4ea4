import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { knownAnalyzers } from '../../src/analyze/cluster/known-analyzers.ts';
import type { JsonObject } from '../../src/api/json.ts';
import { realCli } from '../cli/real-cli.ts';
import { openLeakyPlace } from './leaky-place.ts';
import { leaksIn } from './leaks-in.ts';
import { Canaries } from './scene.ts';

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' };
const step = (name: string, type: string, properties: JsonObject): JsonObject => ({
  name,
  type,
  if: 'always',
  outputs: [{ name: `${name}-findings`, valueFrom: 'findings' }],
  properties,
});
const steps: readonly JsonObject[] = [
  step('look', 'analyze', { namespace: 'shop', analyzers: knownAnalyzers.map(({ name }) => name) }),
  step('look-at-all', 'analyze', { namespace: '', failOn: 'info' }),
  step('look-closer', 'analyze', { namespace: 'shop', target: deployment, failOn: 'critical' }),
  step('judge', 'audit', { target: deployment, failOn: 'info' }),
  step('judge-pod', 'audit', { target: { ...deployment, apiVersion: 'v1', kind: 'Pod', name: 'web-1' } }),
];

test('steps that look for problems keep and print no secret', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-canary-steps-'));
  const metadata = { name: 'looks', namespace: 'default' };
  const run = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata,
    spec: { workflowSpec: { steps } },
  };
  await writeFile(join(stateDir, 'run.json'), JSON.stringify(run));
  const planted = new Canaries('Cnry');
  const place = await openLeakyPlace(planted, 5);
  const reports = ['junit.xml', 'log.sarif', 'summary.md'];
  const flags = ['--junit', '--sarif', '--summary'].flatMap((flag, index) => [flag, reports[index] ?? '']);
  const texts: string[] = [];
  try {
    const first = ['run', 'run.json', '-o', 'json', '--kubeconfig', place.kubeconfig, ...flags];
    for (const words of [
      first,
      ['workflow', 'status', 'looks', '-o', 'yaml'],
      ['workflow', 'status', 'looks'],
      ['workflow', 'logs', 'looks'],
    ]) {
      const { stdout, stderr } = await realCli(words, { stateDir });
      texts.push(stdout, stderr);
    }
  } finally {
    await place.close();
  }
  for (const name of await readdir(stateDir))
    if (!name.startsWith('.')) texts.push(await readFile(join(stateDir, name), 'latin1').catch(() => ''));
  for (const told of ['SQLite format 3', 'ErrorInLog', 'SecretInEnv', 'NodeNotReady'])
    expect(texts.some((text) => text.includes(told)) ? '' : told).toBe('');
  expect(texts.flatMap((text) => leaksIn(planted, text))).toEqual([]);
});
