import { dirname } from 'node:path';
import { isSluiceError, messageOf, SluiceError } from '../../api/errors.ts';

const anotherPlace = 'or choose another place with --state-dir';

/** Whether another connection held a lock for the moment; worth another try. */
export function isLocked(thrown: unknown): boolean {
  const code = resultCode(thrown);
  // 5 SQLITE_BUSY, 6 SQLITE_LOCKED, 15 SQLITE_PROTOCOL (a race for the write-ahead log that was lost too often).
  return code !== undefined && [5, 6, 15].includes(code & 0xff);
}

/** Whether the file is no database that can be read. */
export function isDamaged(thrown: unknown): boolean {
  const code = resultCode(thrown);
  // 11 SQLITE_CORRUPT, 26 SQLITE_NOTADB.
  return code !== undefined && [11, 26].includes(code & 0xff);
}

/** Whether SQLite itself failed, and may have undone the whole transaction; a broken constraint undoes one statement. */
export function mayHaveRolledBack(thrown: unknown): boolean {
  const code = resultCode(thrown);
  // 19 SQLITE_CONSTRAINT.
  return code !== undefined && (code & 0xff) !== 19;
}

/** What a statement on the database `file` threw, as the user should read it. Unknown errors come back as they are. */
export function storeError(thrown: unknown, file: string): unknown {
  const code = resultCode(thrown);
  if (isSluiceError(thrown) || code === undefined) return thrown;
  if (isLocked(thrown)) return lockedError(thrown, file);
  // 4874: no room to extend the shared index of the write-ahead log.
  if (code === 4874) return fullError(thrown, file);
  if (isDamaged(thrown)) return damagedError(thrown, file, messageOf(thrown));
  switch (code & 0xff) {
    case 13: // SQLITE_FULL
      return fullError(thrown, file);
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 14: // SQLITE_CANTOPEN
      return readOnlyError(thrown, dirname(file), messageOf(thrown));
    case 10: // SQLITE_IOERR
      return new SluiceError(
        'environment',
        'StoreFailed',
        `Reading or writing ${file} failed: ${messageOf(thrown)}.`,
        {
          cause: thrown,
          hint: `Check the disk, its quota and the limit on file sizes (ulimit -f), ${anotherPlace}.`,
        },
      );
    default:
      return thrown;
  }
}

/** The same for what a file system call on `path` threw. */
export function fileError(thrown: unknown, path: string): unknown {
  if (isSluiceError(thrown)) return thrown;
  const code = (thrown as NodeJS.ErrnoException).code ?? '';
  if (['ENOSPC', 'EDQUOT'].includes(code)) return fullError(thrown, path);
  if (['EACCES', 'EPERM'].includes(code)) return readOnlyError(thrown, path, 'permission denied');
  if (code === 'EROFS') return readOnlyError(thrown, path, 'the file system is read-only');
  const reason = pathReasons.get(code);
  if (reason === undefined) return thrown;
  return new SluiceError(
    'environment',
    'StateDirectoryInvalid',
    `${path} cannot be a directory: ${reason}.`,
    {
      cause: thrown,
      hint: 'Give another directory to --state-dir.',
    },
  );
}

const pathReasons: ReadonlyMap<string, string> = new Map([
  ['ENOTDIR', 'a part of this path is a file'],
  ['EEXIST', 'something else has this name'],
  ['ELOOP', 'its symbolic links go round in a circle'],
  ['ENAMETOOLONG', 'the path is too long'],
  ['ENOENT', 'a part of this path is gone'],
]);

export function damagedError(cause: unknown, file: string, why: string): SluiceError {
  return new SluiceError('environment', 'StoreDamaged', `The database ${file} cannot be used: ${why}.`, {
    cause,
    hint: `Move it away together with ${file}-wal and ${file}-shm, if they exist, and start again; ${anotherPlace}.`,
  });
}

function fullError(cause: unknown, file: string): SluiceError {
  return new SluiceError('environment', 'DiskFull', `Could not write ${file}: the disk is full.`, {
    cause,
    hint: `Free some space and resume the run, ${anotherPlace}. What was stored before is safe.`,
  });
}

function readOnlyError(cause: unknown, directory: string, why: string): SluiceError {
  return new SluiceError(
    'environment',
    'StateDirectoryReadOnly',
    `Cannot write in the state directory ${directory}: ${why}.`,
    {
      cause,
      hint: `Give this user the right to write there, ${anotherPlace}.`,
    },
  );
}

function lockedError(cause: unknown, file: string): SluiceError {
  return new SluiceError(
    'environment',
    'StoreLocked',
    `The database ${file} stayed locked by another process.`,
    {
      cause,
      hint: `See who uses it (fuser ${file}) and try again, ${anotherPlace}.`,
    },
  );
}

function resultCode(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || (thrown as NodeJS.ErrnoException).code !== 'ERR_SQLITE_ERROR')
    return undefined;
  return (thrown as { errcode?: number }).errcode;
}
