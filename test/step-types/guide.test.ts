import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { functions } from '../../src/step-types/expression/functions.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { drive, ending } from './drive.ts';
import { compileText } from './sample.ts';

const guide = await readFile(new URL('../../step-types/README.md', import.meta.url), 'utf8');

test('the guide lists every function as it is', () => {
  const rows = guide.split('\n').filter((line) => line.startsWith('| `$'));
  const wanted = [...functions].map(([name, { params, description }]) => {
    const names = params.map((param) => (param.optional === true ? `${param.name}?` : param.name));
    return `| \`$${name}(${names.join(', ')})\` | ${description} |`;
  });
  expect(rows).toEqual(wanted);
});

test('the guide names every op', () => {
  for (const name of opSpecs.keys()) expect(guide).toContain(`\`${name}\``);
});

test('the example of the guide works', async () => {
  const [, example = ''] = /```yaml\n([^]*?)```/.exec(guide) ?? [];
  const compiled = await compileText(example.replace('name: ask-status', 'name: sample'));
  expect(compiled).toMatchObject({ ok: true, warnings: [] });
  if (!compiled.ok) return;
  const response = { statusCode: 200, body: '{"status":"ready"}', header: {}, trailer: {} };
  const driven = await drive(compiled.stepType, { url: 'http://127.0.0.1/' }, { ask: { response } });
  expect(ending(driven)).toBe('done');
  expect(driven.params('log')).toEqual({ data: 'ready' });
  expect(driven.params('ask')).toMatchObject({ request: { header: { 'X-Run': 'default/release' } } });
});
