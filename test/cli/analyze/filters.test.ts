import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { defaultAnalyzers } from '../../../src/analyze/cluster/default-analyzers.ts';
import { realCli, type RealEnd } from '../real-cli.ts';
import { waitingPod } from './objects.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-filters-'));
  await writeFile(join(stateDir, 'pods.yaml'), waitingPod('one'));
});

const sluice = (...words: readonly string[]): Promise<RealEnd> => realCli(words, { stateDir });

test('a default analyzer that was removed is unused until it is added again', async () => {
  expect((await sluice('filters', 'list')).stdout).toMatch(/^Active:\n> Pod\n/);
  expect((await sluice('filters', 'remove', 'pod,Service')).code).toBe(0);
  const { stdout } = await sluice('filters', 'list');
  expect(stdout).toMatch(/^Active:\n> Deployment\n/);
  expect(stdout).toMatch(/Unused:\n> Pod\n> Service\n/);
  expect((await sluice('analyze', '--from', 'pods.yaml')).stdout).toContain('no problems found');
  expect((await sluice('analyze', '--from', 'pods.yaml', '--filter', 'Pod')).stdout).toContain(
    'ErrImagePull',
  );
  expect((await sluice('filters', 'add', 'Pod')).code).toBe(0);
  expect((await sluice('analyze', '--from', 'pods.yaml')).stdout).toContain('ErrImagePull');
});

test('an optional analyzer is unused until it is added, and asked for by --filter alone until then', async () => {
  await writeFile(
    join(stateDir, 'pods.yaml'),
    `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec: { scaleTargetRef: { apiVersion: apps/v1, kind: DaemonSet, name: web } }
`,
  );
  const looks = async (...words: readonly string[]): Promise<string> =>
    (await sluice('analyze', '--from', 'pods.yaml', ...words)).stdout;
  expect(await looks()).toContain('no problems found');
  expect(await looks('--filter', 'horizontalpodautoscaler')).toContain('ScaleTargetNotScalable');
  expect((await sluice('filters', 'add', 'HorizontalPodAutoscaler')).code).toBe(0);
  expect(await looks()).toContain('ScaleTargetNotScalable');
  expect((await sluice('filters', 'remove', 'HorizontalPodAutoscaler')).code).toBe(0);
  expect(await looks()).toContain('no problems found');
});

test('a name of nothing changes nothing and says what was meant', async () => {
  const before = await sluice('filters', 'list');
  const { code, stderr } = await sluice('filters', 'remove', 'Pod,Servce');
  expect(code).toBe(2);
  expect(stderr).toContain('Did you mean Service?');
  expect(await sluice('filters', 'list')).toEqual(before);
});

test('the last analyzer cannot be removed', async () => {
  const { code, stderr } = await sluice('filters', 'remove', ...defaultAnalyzers.map(({ name }) => name));
  expect(code).toBe(2);
  expect(stderr).toContain('no analyzer left');
});

test('a remembered context and filters do not forget each other', async () => {
  await sluice('filters', 'remove', 'Pod');
  await sluice('config', 'use-context', 'prod');
  expect((await sluice('config', 'current')).stdout).toBe('prod\n');
  await sluice('filters', 'remove', 'Service');
  expect((await sluice('config', 'current')).stdout).toBe('prod\n');
  await sluice('config', 'unset');
  expect((await sluice('filters', 'list')).stdout).toContain('Unused:\n> Pod\n> Service\n');
});
