import { chmod, mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { formatPlace } from '../../api/place.ts';
import type { Fault } from '../../api/fault.ts';
import { isSluiceError, messageOf, SluiceError } from '../../api/errors.ts';
import { readSettings, type SettingsText } from './read-settings.ts';

/** Where the settings of a state directory are. */
export function settingsPath(stateDir: string): string {
  return join(stateDir, 'models.yaml');
}

/**
 * The text of the settings; '' where there is no file. Throws SluiceError `environment`: a file that others can read, or that
 * cannot be read.
 */
export async function readSettingsText(path: string): Promise<string> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    // Of what was opened, not of what has the name by then.
    const { mode } = await file.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw exposed(path, mode);
    return await file.readFile('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return '';
    throw isSluiceError(error) ? error : unusable(path, error);
  } finally {
    await file?.close();
  }
}

/** Reads the settings; none where there is no file. Throws as `readSettingsText`, and `invalid` with every fault. */
export async function readSettingsFile(path: string): Promise<SettingsText> {
  return requireSettings(await readSettings(await readSettingsText(path), path), path);
}

/** Throws SluiceError `invalid` with every fault of what was read. */
export function requireSettings(read: Awaited<ReturnType<typeof readSettings>>, file: string): SettingsText {
  if (read.ok) return read.settings;
  const said = read.faults.map((fault) => `  ${faultLine(fault)}`).join('\n');
  throw new SluiceError(
    'invalid',
    'ModelSettingsInvalid',
    `the settings of models cannot be used:\n${said}`,
    {
      hint: `Correct ${file}; nothing of it counts until then.`,
    },
  );
}

/** Replaces the file, mode 0600, in one step; makes the directory, mode 0700. Throws SluiceError `environment`. */
export async function writeSettingsText(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}`;
  try {
    const made = await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (made !== undefined) await chmod(made, 0o700);
    await rm(next, { force: true });
    const file = await open(next, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw unusable(path, error);
  }
}

/** Another text when the file has changed, '' where there is none. Of a file that cannot be looked at, reading says why. */
export async function settingsStamp(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, mode } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs} ${mode}`;
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? '' : code;
  }
}

/** Faults are shown without the lines they stand in: a key may stand there. */
function faultLine(fault: Fault): string {
  const { message, suggestion } = fault;
  return `${formatPlace(fault)}: ${message}${suggestion === undefined ? '' : `; did you mean "${suggestion}"?`}`;
}

function exposed(path: string, mode: number): SluiceError {
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  return new SluiceError(
    'environment',
    'ModelSettingsExposed',
    `${path} holds keys, and others may read or change it (mode ${shown})`,
    { hint: `Take that away: chmod 600 ${path}. Whoever could read it may have the keys: renew them.` },
  );
}

function unusable(path: string, why: unknown): SluiceError {
  return new SluiceError('environment', 'ModelSettingsUnusable', `cannot use ${path}: ${messageOf(why)}`, {
    hint: 'See whether this user may read and write it, and whether the disk is full.',
  });
}
