import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { realCli, type RealEnd } from '../real-cli.ts';
import { deployment, service } from './manifests.ts';

let stateDir: string;

/** The in-memory cluster holds what a run has applied; its Pods repeat what is wrong with their Deployment. */
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-audit-memory-'));
  const objects = parseAllDocuments(deployment({ image: 'web' }) + service('web')).map(
    (each) => each.toJS() as object,
  );
  const steps = objects.map((value, index) => ({
    name: `s${index}`,
    type: 'apply-object',
    properties: { value },
  }));
  const run = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'r' },
    spec: { workflowSpec: { steps } },
  };
  await writeFile(join(stateDir, 'run.json'), JSON.stringify(run));
  const { code, stderr } = await realCli(['run', 'run.json'], { stateDir });
  expect({ code, stderr }).toMatchObject({ code: 0 });
});

const audit = (...words: readonly string[]): Promise<RealEnd> => realCli(['audit', ...words], { stateDir });

test('one object is judged by what is around it', async () => {
  const { code, stdout } = await audit('deploy/web');
  expect(code).toBe(0);
  expect(stdout).toContain('Deployment default/web  score 92 of 100\n  -8  medium  ImageTagMutable');
  expect(stdout).toContain('score 92 of 100: 1 medium\n');
});

test.each([['-n', 'default'], ['-A']])(
  'everything with %s %s: what owns and what is owned is one problem',
  async (...words) => {
    const { stdout } = await audit(...words, '-o', 'json');
    const { findings, summary } = JSON.parse(stdout) as {
      readonly findings: readonly object[];
      readonly summary: object;
    };
    expect(
      findings.filter((each) => !JSON.stringify(each).includes('NamespaceWithoutPodSecurity')),
    ).toMatchObject([{ id: 'ImageTagMutable', object: { kind: 'Deployment', name: 'web' } }]);
    expect(summary).toMatchObject({ score: 92 });
  },
);

test('another namespace has nothing to judge', async () => {
  expect((await audit('-n', 'other')).stdout).toContain('nothing was judged\n');
});

test('an object that is not there', async () => {
  const { code, stderr } = await audit('sts/web', '-n', 'shop');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('there is no StatefulSet web in namespace shop') as string,
  });
});
