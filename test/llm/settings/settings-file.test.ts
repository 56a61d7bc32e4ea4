import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { messageOf } from '../../../src/api/errors.ts';
import {
  readSettingsFile,
  settingsPath,
  settingsStamp,
  writeSettingsText,
} from '../../../src/llm/settings/settings-file.ts';
import { temporaryDirectories } from '../../store/temporary-directory.ts';

const temporaryDirectory = temporaryDirectories();

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('an absent file holds nothing', async () => {
  expect(await readSettingsFile(settingsPath(join(temporaryDirectory(), 'none')))).toEqual({
    servers: [],
    budgets: {},
    prices: [],
  });
});

test('what is written is for this user alone, whatever stood there', async () => {
  const path = settingsPath(join(temporaryDirectory(), 'a', 'state'));
  await writeSettingsText(path, 'servers: []\n');
  expect(modeOf(path)).toBe('600');
  expect(modeOf(join(path, '..'))).toBe('700');
  expect(readdirSync(join(path, '..'))).toEqual(['models.yaml']);
  const before = await settingsStamp(path);
  chmodSync(path, 0o644);
  await writeSettingsText(path, 'servers: [ ]\n');
  expect(modeOf(path)).toBe('600');
  expect(await settingsStamp(path)).not.toBe(before);
});

test.each([0o644, 0o620, 0o604])(
  'a file of mode %o is refused with the command that closes it',
  async (mode) => {
    const path = settingsPath(temporaryDirectory());
    writeFileSync(path, 'servers: []\n');
    chmodSync(path, mode);
    await expect(readSettingsFile(path)).rejects.toMatchObject({
      kind: 'environment',
      code: 'ModelSettingsExposed',
      message: expect.stringContaining(`mode 0${mode.toString(8)}`) as string,
      hint: expect.stringContaining(`chmod 600 ${path}`) as string,
    });
  },
);

test('a file with faults is refused with all of them, and with no line of it', async () => {
  const path = settingsPath(temporaryDirectory());
  await writeSettingsText(path, 'servers:\n  - {name: a, key: sk-CANARY}\n  - {nam: b, url: "http://h"}\n');
  const error = await readSettingsFile(path).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ kind: 'invalid', code: 'ModelSettingsInvalid' });
  expect(messageOf(error)).toContain(`${path}:2:5: servers[0].url is missing`);
  expect(messageOf(error)).toContain('did you mean "name"?');
  expect(messageOf(error)).not.toContain('CANARY');
});

test('a directory in its place is no settings', async () => {
  const path = settingsPath(temporaryDirectory());
  mkdirSync(path, { mode: 0o700 });
  await expect(readSettingsFile(path)).rejects.toMatchObject({ code: 'ModelSettingsUnusable' });
});
