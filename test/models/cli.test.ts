import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { newStateDir, spawnCli } from '../cli/spawned.ts';
import { liteLlm } from './counterparts.ts';

const chat = (model: string, type = 'custom'): string => `
    - name: ask
      type: chat-gpt
      properties:
        model: ${model}
        prompt: {type: ${type}, content: "Is web ready?"}`;

const diagnose = (model: string): string => `
    - name: apply
      type: apply-deployment
      properties: {image: "nginx:1.27.2"}
    - name: ask
      type: ai-diagnose
      properties:
        model: ${model}
        target: {apiVersion: apps/v1, kind: Deployment, name: apply}`;

const gate = (model: string): string => `
    - name: check
      type: ai-gate
      properties:
        subject: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {color: green}}
        criteria: [{id: green, question: Is the color green?}]
        judge: {model: ${model}}
        onInconclusive: block
    - name: prod
      type: apply-object
      requires: [check]
      properties:
        cluster: prod
        value: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {color: green}}`;

const runOf = (steps: string): string => `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: it, namespace: default}
spec:
  workflowSpec:
    steps:${steps}
`;

describe.skipIf(liteLlm === undefined)('the command line with the models of a proxy', () => {
  const { url = '', key = '' } = liteLlm ?? {};
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-models-'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  let states = 0;
  interface Told extends RealEnd {
    /** All that any command shows of the run. */
    readonly everything: string;
    /** ConfigMaps of the cluster that the gate is before. */
    readonly prod: unknown;
  }

  async function run(steps: string, given = key): Promise<Told> {
    const stateDir = join(directory, `state-${(states += 1)}`);
    const env = { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: given };
    const end = await realCli(['run', '-'], { stateDir, env, stdin: runOf(steps) });
    const status = await realCli(['workflow', 'status', 'it', '-o', 'json'], { stateDir, env });
    const logs = await realCli(['workflow', 'logs', 'it', '-o', 'raw'], { stateDir, env });
    const prod = await realCli(['cluster', 'get', 'configmap', '--cluster', 'prod', '-o', 'json'], {
      stateDir,
      env,
    });
    const told = [status, logs, prod];
    const everything = [end, ...told].map(({ stdout, stderr }) => `${stdout}${stderr}`).join('\n');
    expect(everything).not.toContain(given.slice(3));
    return { ...end, everything, prod: JSON.parse(prod.stdout) };
  }

  test('chat-gpt says what the model said, and what it cost', async () => {
    const { code, stdout, everything } = await run(chat('ready'));
    expect([code, stdout]).toEqual([0, expect.stringContaining(`model: ${new URL(url).host}`)]);
    expect(everything).toContain('It is ready.');
    expect(stdout).toMatch(/model: 1 call, [1-9]\d* tokens/);
  });

  test('a process of its own says the same', async () => {
    const { code, stdout } = await spawnCli(['run', '-'], {
      stateDir: await newStateDir(),
      stdin: runOf(chat('ready')),
      env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key },
    }).ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining(`model: ${new URL(url).host}`)]);
  });

  test('ai-diagnose says what the model said', async () => {
    const { code, everything } = await run(diagnose('ready'));
    expect(everything).toContain('It is ready.');
    expect(code).toBe(0);
  });

  const faults: readonly (readonly [string, string | RegExp])[] = [
    ['busy', 'allows no more requests'],
    // The other votes may have made the host be left alone by then.
    ['broken', /failed \(500\)|answered 500/],
    ['unreachable', /failed \(500\)|answered 500/],
    ['small', 'too long for small'],
    ['no-such-model', 'does not know the model no-such-model'],
  ];

  test.each(faults.slice(3))('ai-diagnose fails over %s, and says why', async (model, reason) => {
    const { code, stdout } = await run(diagnose(model));
    expect(stdout).toMatch(reason);
    expect(code).toBe(1);
  });

  test.each([
    ['busy', '429'],
    ['broken', '500'],
    ['small', '400'],
    ['no-such-model', '400'],
  ])('chat-gpt fails over %s, and says why', async (model, status) => {
    const { code, stdout } = await run(chat(model));
    expect(stdout).toContain(`${status}: failed to request: `);
    expect(code).toBe(1);
  });

  test.each<readonly (string | RegExp)[]>([
    ['what is no answer to its questions', 'ready', ''],
    ...faults.map(([model, reason]) => [model, model, reason]),
  ])('ai-gate stays shut over %s, and nothing reaches prod', async (_what, model = '', reason = '') => {
    const { code, stdout, prod } = await run(gate(String(model)));
    expect(stdout).toMatch(reason);
    expect(prod).toMatchObject({ items: [] });
    expect(code).toBe(3);
  });

  test('a wrong key is named by every step, and shown by none', async () => {
    const wrong = 'sk-of-nobody-0123456789';
    expect(await run(diagnose('ready'), wrong)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('does not accept the key') as string,
    });
    expect(await run(gate('ready'), wrong)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('does not accept the key') as string,
    });
    expect(await run(chat('ready'), wrong)).toMatchObject({ code: 1 });
  });
});
