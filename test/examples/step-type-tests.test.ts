import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDefCli } from '../cli/def/def-cli.ts';

const folder = join(import.meta.dirname, '../../examples/step-types');
const files = readdirSync(folder).filter((name) => name.endsWith('.test.yaml'));

test('there are tests of both kinds of step types', () => {
  expect(files).toEqual(expect.arrayContaining(['hello.test.yaml', 'hello-cue.test.yaml']));
});

test.each(files)('%s', async (name) => {
  await using cli = await openDefCli();
  const { code, stdout } = await cli.run(['def', 'test', join(folder, name)]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^ok: \d+ tests$/m)]);
});
