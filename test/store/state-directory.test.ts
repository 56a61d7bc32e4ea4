import { randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { newRun } from '../contract/run-fixtures.ts';
import { Child, script } from './child.ts';
import { temporaryDirectories } from './temporary-directory.ts';

const temporaryDirectory = temporaryDirectories();
const open = (directory: string): ReturnType<typeof openSqliteStore> =>
  openSqliteStore({ directory, now: Date.now, newId: randomUUID });

describe('a state directory is made', () => {
  test('with its parents, for this user alone, and so is every file in it', async () => {
    const directory = join(temporaryDirectory(), 'parent', 'state');
    const umask = process.umask(0o000);
    const store = await open(directory).finally(() => process.umask(umask));
    await store.runs.create(newRun('a'));
    expect(store.directory).toBe(directory);
    expect(modesUnder(directory)).toEqual({
      '.': '700',
      locks: '700',
      'sluice.db': '600',
      'sluice.db-shm': '600',
      'sluice.db-wal': '600',
      'locks/*.lock': '600',
    });
    await store.close();
  });

  test('and can be used under a umask that forbids all', async () => {
    const directory = join(temporaryDirectory(), 'state');
    const children = new Child([
      'sh',
      '-c',
      'umask 777; exec "$@"',
      'sh',
      ...script('whole-run', directory, 'a', '2'),
    ]);
    await children.end();
    expect(modesUnder(directory)).toMatchObject({ '.': '700', 'sluice.db': '600' });
  });

  test('from a relative path under the working directory', async () => {
    const directory = join(temporaryDirectory(), 'state');
    const store = await open(relative(process.cwd(), directory));
    expect(store.directory).toBe(directory);
    await store.close();
  });
});

test('a directory that was there keeps its mode, a database that others could read does not', async () => {
  const directory = temporaryDirectory();
  await (await open(directory)).close();
  chmodSync(directory, 0o755);
  chmodSync(join(directory, 'sluice.db'), 0o644);
  await (await open(directory)).close();
  expect(modesUnder(directory)).toMatchObject({ '.': '755', 'sluice.db': '600' });
});

describe('a path that cannot be a state directory is refused', () => {
  const rows: Readonly<Record<string, readonly [(base: string) => string, RegExp]>> = {
    'an empty path': [() => '', /empty path/],
    'a home that no shell expanded': [() => '~/state', /~\/state begins with "~"/],
    "another user's home": [() => '~bob/state', /begins with "~"/],
    'a zero byte': [(base) => `${base}\0x`, /zero byte/],
    'a file': [(base) => join(base, 'file'), /file is a file/],
    'a path through a file': [(base) => join(base, 'file', 'state'), /a part of this path is a file/],
    'a circle of links': [(base) => join(base, 'circle'), /symbolic links go round/],
    'a name that is too long': [(base) => join(base, 'x'.repeat(300)), /too long/],
    'a link to nowhere': [
      (base) => join(base, 'nowhere'),
      /something else has this name|part of this path is gone/,
    ],
  };
  test.each(Object.keys(rows))('%s', async (name) => {
    const base = temporaryDirectory();
    writeFileSync(join(base, 'file'), '');
    symlinkSync(join(base, 'circle'), join(base, 'circle'));
    symlinkSync(join(base, 'gone', 'far'), join(base, 'nowhere'));
    const [path, message] = rows[name] as (typeof rows)[string];
    await expect(open(path(base))).rejects.toMatchObject({
      kind: 'environment',
      code: 'StateDirectoryInvalid',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/--state-dir|\$HOME/),
    });
  });
});

describe('a state directory that this user may not write is refused', () => {
  const rows: Readonly<Record<string, (base: string) => string>> = {
    'an empty one': (base) => {
      mkdirSync(join(base, 'state'), { mode: 0o555 });
      return join(base, 'state');
    },
    'one whose parent is not writable': (base) => {
      mkdirSync(join(base, 'parent'), { mode: 0o555 });
      return join(base, 'parent', 'state');
    },
    'one that holds a database': (base) => {
      const made = join(base, 'state');
      mkdirSync(made);
      writeFileSync(join(made, 'sluice.db'), '', { mode: 0o444 });
      chmodSync(made, 0o555);
      return made;
    },
  };
  test.each(Object.keys(rows))('%s', async (name) => {
    const base = temporaryDirectory();
    chmodSync(base, 0o755);
    const directory = rows[name]?.(base) ?? '';
    const said = await new Child(script('try-store', directory, 'unprivileged')).end();
    const error: unknown = JSON.parse(said[0] ?? '');
    expect(error).toMatchObject({ kind: 'environment', code: 'StateDirectoryReadOnly' });
    expect(error).toMatchObject({
      message: expect.stringContaining(directory),
      hint: expect.stringContaining('--state-dir'),
    });
  });
});

function modesUnder(directory: string): Record<string, string> {
  const names = ['.', ...(readdirSync(directory, { recursive: true }) as string[])];
  return Object.fromEntries(
    names.map((name) => [
      name.replace(/[^/]+\.lock$/, '*.lock'),
      (statSync(join(directory, name)).mode & 0o777).toString(8),
    ]),
  );
}
