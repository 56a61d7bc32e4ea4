import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitingPod } from '../cli/analyze/objects.ts';
import { realCli } from '../cli/real-cli.ts';
import { saying, startModelServer, type ModelServer } from '../examples/model-server.ts';
import { outputTechniques } from './output-techniques.ts';

let stateDir: string;
let model: ModelServer;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-answers-'));
  await writeFile(join(stateDir, 'pod.yaml'), waitingPod('one'));
  model = await startModelServer();
});
afterAll(() => model.close());

const explain = ['analyze', '--from', 'pod.yaml', '--filter', 'Pod', '--explain', '--no-cache'];
const diagnose = ['diagnose', 'pod/one', '--from', 'pod.yaml', '--no-cache'];
const audit = ['audit', '-f', 'pod.yaml', '--no-images', '--explain', '--no-cache'];
const steering = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe.each(outputTechniques)('a model that answers with %s', (_name, text) => {
  test.each([
    ['analyze', 'text', explain],
    ['analyze', 'markdown', explain],
    ['diagnose', 'text', diagnose],
    ['diagnose', 'markdown', diagnose],
    ['audit', 'text', audit],
    ['audit', 'markdown', audit],
  ] as const)('does not steer who reads %s -o %s', async (_command, format, words) => {
    model.answer = saying(`It is this:\n${text}\nThat is all.`);
    const env = {
      OPENAI_BASE_URL: model.url,
      OPENAI_API_KEY: 'sk-operators-own-key',
      OPENAI_MODEL: 'small',
      GITHUB_ACTIONS: 'true',
    };
    const { code, stdout, stderr } = await realCli([...words, '-o', format], { stateDir, env });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('That is all.');
    expect((stdout + stderr).replaceAll(/(?<=[:#@])\u200B/g, '')).not.toMatch(steering);
    expect(stdout + stderr).not.toMatch(/^\s*::|##\[/m);
    if (format !== 'markdown') return;
    const [, said = ''] = stdout.split('It is this:');
    expect(said.replaceAll(/\\./g, '')).not.toMatch(/<|`|\]\(|!\[|@\w|:\/\/|\*\*\w|^\s*#|^\|/m);
  });
});
