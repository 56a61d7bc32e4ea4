import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { execute, fileOf } from '../session/open-test-session.ts';
import { sessionAt } from './run-gate.ts';

const file = join(import.meta.dirname, '../../examples/ai-gate.yaml');
const text = readFileSync(file, 'utf8');

async function phasesOf(content: string): Promise<readonly string[]> {
  const { view } = await execute(await sessionAt(undefined), [fileOf('examples/ai-gate.yaml', content)]);
  return view.steps.map(({ name, phase }) => `${name} ${phase}`);
}

test('the example opens offline by the audit rules, and what was judged is applied', async () => {
  expect(await phasesOf(text)).toEqual(['review succeeded', 'deploy succeeded']);
});

test.each([
  [
    'a question that no rule answers',
    'Does every container have a readiness probe?',
    'Is the rollout plan sound?',
  ],
  [
    'an object that does not meet one',
    '                        limits:\n                          memory: 128Mi\n',
    '',
  ],
  ['an object with a grave finding', 'runAsUser: 10001', 'runAsUser: 0'],
])('it stays shut with %s', async (_name, part, instead) => {
  expect(text).toContain(part);
  expect(await phasesOf(text.replace(part, instead))).toEqual(['review failed', 'deploy skipped']);
});
