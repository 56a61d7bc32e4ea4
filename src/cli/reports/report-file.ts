import { constants } from 'node:fs';
import { access, appendFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf, SluiceError } from '../../api/errors.ts';

/** A file that is written at the end of a command, and that was found to be writable before the command began. */
export interface ReportFile {
  /** As the user named it. */
  readonly name: string;
  readonly path: string;
}

/** Throws `invalid` UnwritableReport: nothing has run yet. Leaves the file as it is. */
export async function openReportFile(flag: string, name: string, cwd: string): Promise<ReportFile> {
  const path = await realPath(resolve(cwd, name));
  try {
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() === true) throw new Error('it is a directory');
    if (found !== undefined) await access(path, constants.W_OK);
    if (found === undefined || found.isFile()) {
      // Rights alone do not tell of a file system that is mounted read-only.
      const probe = temporary(path);
      await writeFile(probe, '', { flag: 'wx' });
      await rm(probe);
    }
  } catch (error) {
    throw unwritable(flag, name, error);
  }
  return { name, path };
}

/** In one step: whoever reads the file sees the old text or the new one. What is no plain file, such as a pipe, is written to. */
export async function replaceReport({ path }: ReportFile, text: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === false) return writeFile(path, text);
  const next = temporary(path);
  try {
    await writeFile(next, text, { flag: 'wx' });
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Adds to what others wrote, such as earlier commands of the same CI step, up to so many bytes in all. */
export async function appendReport(
  { path }: ReportFile,
  render: (roomBytes: number) => string,
  limitBytes: number,
): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  const before = found?.isFile() === true ? found.size : 0;
  const text = `${before > 0 ? '\n' : ''}${render(limitBytes - before - 1)}`;
  if (before + Buffer.byteLength(text) <= limitBytes) await appendFile(path, text);
}

function temporary(path: string): string {
  return join(dirname(path), `.sluice-report-${process.pid}-${Date.now().toString(36)}`);
}

/** Of a link, where it leads: the link itself stays. */
async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function unwritable(flag: string, name: string, error: unknown): SluiceError {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'its directory does not exist',
    ENOTDIR: 'a part of its path is no directory',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
  };
  const why = reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? messageOf(error);
  return new SluiceError('invalid', 'UnwritableReport', `cannot write ${flag} ${name}: ${why}`, {
    hint: 'Nothing was run. Create the directory, or name a file that can be written.',
    cause: error,
  });
}
