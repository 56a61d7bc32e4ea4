import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { temporaryDirectories } from '../../store/temporary-directory.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

const temporaryDirectory = temporaryDirectories();
const hourMs = 3_600_000;
let stateDir: string;

beforeEach(() => {
  stateDir = join(temporaryDirectory(), 'state');
});

async function cache(...argv: readonly string[]): Promise<RealEnd> {
  return realCli(['cache', ...argv], { stateDir });
}

/** Two answers, one two hours old and one that has expired since. */
async function fill(): Promise<void> {
  const store = await openSqliteStore({ directory: stateDir, now: Date.now, newId: randomUUID });
  const put = (key: string, agedMs: number, livesMs: number) =>
    store.answers.put(`sha256:${key.repeat(64)}`, {
      value: { text: 'what the model said' },
      label: `m-${key} at models.example.com`,
      storedAtMs: Date.now() - agedMs,
      expiresAtMs: Date.now() - agedMs + livesMs,
    });
  await put('a', 2 * hourMs, 24 * hourMs);
  await put('b', 3 * hourMs, hourMs);
  await store.close();
}

test('a list tells key, model, age and size, and not what was said', async () => {
  expect((await cache('list')).stderr).toBe('No answer of a model is kept.\n');
  await fill();
  const { stdout, code } = await cache('list');
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(rows).toEqual([
    ['KEY', 'MODEL', 'AGE', 'EXPIRES', 'BYTES'],
    ['aaaaaaaaaaaa', 'm-a at models.example.com', '120m', expect.stringMatching(/^in 2[12]h$/), '30'],
    ['bbbbbbbbbbbb', 'm-b at models.example.com', expect.stringMatching(/^3h|180m$/), 'expired', '30'],
  ]);
  expect([code, stdout.includes('said')]).toEqual([0, false]);
  const json = JSON.parse((await cache('list', '-o', 'json')).stdout) as object[];
  expect(json).toMatchObject([{ key: 'aaaaaaaaaaaa', bytes: 30 }, { key: 'bbbbbbbbbbbb' }]);
});

test('a purge forgets what is older, or all', async () => {
  await fill();
  expect((await cache('purge', '--older-than', '150m')).stdout).toBe('forgot 1 answer\n');
  expect((await cache('list')).stdout).not.toContain('bbbb');
  expect((await cache('purge', '--all')).stdout).toBe('forgot 1 answer\n');
  expect((await cache('purge', '--all')).stdout).toBe('forgot 0 answers\n');
});

test.each([[[]], [['--all', '--older-than', '1h']], [['--older-than', 'soon']]])(
  'a purge that does not say what (%j) is refused',
  async (flags) => {
    await fill();
    expect((await cache('purge', ...flags)).code).toBe(2);
    expect((await cache('list')).stdout).toContain('aaaa');
  },
);
