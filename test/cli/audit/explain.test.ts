import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { refuses, says, serveModel, type ModelServer, type Reply } from '../../llm/model-server.ts';
import { realCli, type RealEnd } from '../real-cli.ts';
import { deployment, service } from './manifests.ts';

let stateDir: string;
let model: ModelServer | undefined;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-audit-explain-'));
  await writeFile(join(stateDir, 'web.yaml'), deployment({ image: 'web' }) + service('other'));
});
afterEach(async () => {
  await model?.close();
  model = undefined;
});

async function serve(...replies: readonly Reply[]): Promise<ModelServer> {
  model = await serveModel(...replies);
  const server = `{name: lab, url: "${model.endpoint.baseUrl}", model: big, key: lab-key-0123456789}`;
  await writeFile(join(stateDir, 'models.yaml'), `servers:\n- ${server}\ndefault: lab\n`, { mode: 0o600 });
  return model;
}

async function audit(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['audit', '-f', 'web.yaml', '--explain', ...words], { stateDir });
}

describe('--explain', () => {
  test('asks one question about all findings, and no second time about the same', async () => {
    const { asked, url } = await serve(says('Pin the image first.'));
    const first = await audit('--fail-on', 'medium');
    expect(first.code).toBe(1);
    expect(first.stdout).toContain(
      `  explained by judge-1 at ${new URL(url).host}:\n    Pin the image first.\n`,
    );
    expect(asked).toHaveLength(1);
    const sent = JSON.stringify(asked[0]?.body);
    expect(sent).toContain('ImageTagMutable');
    expect(sent).toContain('ServiceSelectsNothing');
    expect((await audit()).stdout).toContain('Pin the image first.');
    expect(asked).toHaveLength(1);
  });

  test('without a model rules say where to begin, and that no model did', async () => {
    const { code, stdout } = await audit();
    expect(code).toBe(0);
    expect(stdout).toMatch(/by the rules, without a model \(.+\):/);
    expect(stdout).toContain('    1. ServiceSelectsNothing (1 object, 15 points): Make spec.selector');
    expect(stdout).toContain('    2. ImageTagMutable (1 object, 8 points): Pin the image');
  });

  test('a model that fails takes nothing from the audit', async () => {
    await serve(refuses(400));
    const { code, stdout } = await audit();
    expect(code).toBe(0);
    expect(stdout).toContain('ImageTagMutable');
    expect(stdout).toContain('by the rules, without a model');
  });

  test.each(['json', 'markdown'])('stands in -o %s', async (format) => {
    await serve(says('Pin the image first.'));
    expect((await audit('-o', format)).stdout).toContain('Pin the image first.');
  });

  test('has no place in -o sarif, so nothing is asked', async () => {
    const { asked } = await serve(says('x'));
    expect((await audit('-o', 'sarif')).code).toBe(2);
    expect(asked).toHaveLength(0);
  });

  test('with --anonymize names are not sent, and stand in the answer', async () => {
    await writeFile(
      join(stateDir, 'web.yaml'),
      deployment({ image: 'busybox' }).replaceAll('name: web', 'name: payroll'),
    );
    const { asked } = await serve(says('Look at it.'));
    await audit('--anonymize');
    expect(JSON.stringify(asked[0]?.body)).not.toContain('payroll');
  });

  test('requests are recorded, and answered from the record, for an object of the in-memory cluster', async () => {
    const { asked } = await serve(says('Pin the image first.'));
    const object = (await readFile(join(stateDir, 'web.yaml'), 'utf8')).split('---\n')[1] ?? '';
    const step = { name: 's', type: 'apply-object', properties: { value: parse(object) as object } };
    const run = { apiVersion: 'core.oam.dev/v1alpha1', kind: 'WorkflowRun', metadata: { name: 'r' } };
    await writeFile(
      join(stateDir, 'run.json'),
      JSON.stringify({ ...run, spec: { workflowSpec: { steps: [step] } } }),
    );
    await realCli(['run', 'run.json'], { stateDir });
    const audited = (...words: readonly string[]): Promise<RealEnd> =>
      realCli(['audit', 'deploy/web', '--explain', '--no-cache', ...words], { stateDir });
    expect((await audited('--record-model', join(stateDir, 'record'))).stdout).toContain(
      'Pin the image first.',
    );
    expect((await audited('--replay-model', join(stateDir, 'record'))).stdout).toContain(
      'Pin the image first.',
    );
    expect(asked).toHaveLength(1);
  });

  test('a dry run prints what would be sent, and sends nothing', async () => {
    const { asked } = await serve(says('x'));
    const { code, stdout } = await audit('--dry-run-prompt');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ImageTagMutable') as string,
    });
    expect(asked).toHaveLength(0);
  });
});
