import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SluiceError } from '../../api/errors.ts';
import { fileError } from './store-error.ts';

/**
 * Makes the state directory (mode 0700, with missing parents) and returns its absolute path; a relative path counts from
 * the working directory. A directory that was there keeps its mode: it may be one that others need, such as /tmp; the
 * files in it are 0600 in any case. Throws `environment`: `StateDirectoryInvalid`, `StateDirectoryReadOnly`, `DiskFull`.
 */
export function prepareStateDirectory(directory: string): string {
  refuseImpossible(directory);
  let path = directory;
  try {
    // In here, because the working directory may have been deleted.
    path = resolve(directory);
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing === undefined) makePrivateDirectory(path);
    else if (!existing.isDirectory()) throw isNoDirectory(path);
  } catch (thrown) {
    throw fileError(thrown, path);
  }
  return path;
}

/** Creates `path` empty with mode 0600 whatever the umask; false when it exists. */
export function createPrivateFile(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(thrown, dirname(path));
  }
  fchmodSync(file, 0o600);
  closeSync(file);
  return true;
}

/** Takes group and other off an existing file's mode, where this user may. */
export function keepPrivate(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || (stat.mode & 0o077) === 0) return;
  try {
    chmodSync(path, 0o600);
  } catch {
    // Another user's file: its owner decides.
  }
}

/** Makes a directory, and its parents, with mode 0700 whatever the umask; one that is there keeps its mode. */
export function makePrivateDirectory(path: string): void {
  const created = mkdirSync(path, { recursive: true, mode: 0o700 });
  if (created !== undefined) chmodSync(path, 0o700);
}

function refuseImpossible(directory: string): void {
  if (directory.trim() === '') {
    throw invalid('The state directory is an empty path.', 'Give a directory to --state-dir.');
  }
  if (directory.includes('\0')) {
    throw invalid('The path of the state directory holds a zero byte.', 'Give another path to --state-dir.');
  }
  if (/^~[^/]*(\/|$)/u.test(directory)) {
    throw invalid(
      `The state directory ${directory} begins with "~", which only a shell expands.`,
      'Write the path in full, or use $HOME in place of "~".',
    );
  }
}

function isNoDirectory(path: string): SluiceError {
  return invalid(`The state directory ${path} is a file.`, 'Give a directory to --state-dir.');
}

function invalid(message: string, hint: string): SluiceError {
  return new SluiceError('environment', 'StateDirectoryInvalid', message, { hint });
}
