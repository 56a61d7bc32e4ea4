import { open, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isSluiceError, messageOf, SluiceError } from '../api/errors.ts';
import type { Fault } from '../api/fault.ts';
import type { InputFile } from '../runner/session.ts';
import type { CliIo } from './io.ts';

/** What a file may at most hold before anyone looks into it; the readers have smaller limits of their own. */
const limitBytes = 16 * 1024 * 1024;
/** The same for a dump of a cluster. */
export const largestDump: number = 64 * 1024 * 1024;

type FileIo = Pick<CliIo, 'cwd' | 'readStdin'>;

const documents = ['.yaml', '.yml', '.json'];
const definitions = ['.yaml', '.yml', '.cue'];
const migrated = [...documents, '.cue'];
const tests = ['.test.yaml', '.test.yml'];

/** The files that the user named, in that order; a directory stands for its `.yaml`, `.yml` and `.json` files, `-` for standard input. */
export async function readInputFiles(names: readonly string[], io: FileIo): Promise<readonly InputFile[]> {
  return readAll(names, documents, io);
}

/** The same, where a file that cannot be read is a fault and keeps no other from being read. Throws for a name of nothing. */
export async function readReadableFiles(
  names: readonly string[],
  io: FileIo,
): Promise<{ readonly files: readonly InputFile[]; readonly faults: readonly Fault[] }> {
  const files: InputFile[] = [];
  const faults: Fault[] = [];
  for (const name of new Set(names)) {
    for (const file of await expand(name, documents, io)) {
      try {
        files.push(await readInputFile(file, io, largestDump));
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        const { code, message } = error;
        faults.push({ file, line: 1, column: 1, path: '', code, severity: 'error', message });
      }
    }
  }
  return { files, faults };
}

/** The same for step types: a directory stands for its `.yaml`, `.yml` and `.cue` files, tests left out. */
export async function readDefinitionFiles(
  names: readonly string[],
  io: FileIo,
): Promise<readonly InputFile[]> {
  return readAll(names, definitions, io);
}

/** The same for all that KubeVela reads: `.yaml`, `.yml`, `.json` and `.cue` files. */
export async function readMigratedFiles(names: readonly string[], io: FileIo): Promise<readonly InputFile[]> {
  return readAll(names, migrated, io);
}

/** The same for tests of step types: a directory stands for its `.test.yaml` files. */
export async function readTestFiles(names: readonly string[], io: FileIo): Promise<readonly InputFile[]> {
  return readAll(names, tests, io);
}

export async function readInputFile(
  name: string,
  io: FileIo,
  mostBytes: number = limitBytes,
): Promise<InputFile> {
  if (name === '-') {
    const bytes = await io.readStdin(mostBytes);
    if (bytes === undefined) throw tooLarge('standard input', mostBytes);
    return { name, bytes };
  }
  return { name, bytes: await readBounded(resolve(io.cwd, name), name, mostBytes) };
}

async function readAll(
  names: readonly string[],
  extensions: readonly string[],
  io: FileIo,
): Promise<readonly InputFile[]> {
  const files: InputFile[] = [];
  for (const name of new Set(names)) {
    for (const file of await expand(name, extensions, io)) files.push(await readInputFile(file, io));
  }
  return files;
}

async function expand(name: string, extensions: readonly string[], io: FileIo): Promise<readonly string[]> {
  if (name === '-') return [name];
  try {
    const path = resolve(io.cwd, name);
    if (!(await stat(path)).isDirectory()) return [name];
    const entries = await readdir(path, { withFileTypes: true });
    const found = entries
      .filter((entry) => !entry.isDirectory() && extensions.some((end) => entry.name.endsWith(end)))
      .filter(({ name: file }) => extensions !== definitions || !tests.some((end) => file.endsWith(end)))
      .map((entry) => join(name, entry.name))
      .toSorted();
    if (found.length > 0) return found;
  } catch (error) {
    throw unreadable(name, error);
  }
  throw new SluiceError('invalid', 'EmptyDirectory', `${name} holds no ${listed(extensions)} file`);
}

async function readBounded(path: string, name: string, mostBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    await using file = await open(path, 'r');
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > mostBytes) throw tooLarge(name, mostBytes);
      chunks.push(chunk);
    }
  } catch (error) {
    throw unreadable(name, error);
  }
  return Buffer.concat(chunks);
}

function unreadable(name: string, error: unknown): unknown {
  if (error instanceof SluiceError) return error;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or directory',
    EACCES: 'permission denied',
    EISDIR: 'it is a directory',
    ENOTDIR: 'a part of its path is no directory',
    ELOOP: 'its symbolic links go round in a circle',
  };
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new SluiceError(
    'invalid',
    'UnreadableFile',
    `cannot read ${name}: ${reasons[code] ?? messageOf(error)}`,
    {
      cause: error,
    },
  );
}

function tooLarge(name: string, mostBytes: number): SluiceError {
  const limit = `${mostBytes / (1024 * 1024)} MiB`;
  return new SluiceError('invalid', 'FileTooLarge', `cannot read ${name}: it is larger than ${limit}`);
}

function listed(extensions: readonly string[]): string {
  return `${extensions.slice(0, -1).join(', ')} or ${extensions.at(-1)}`;
}
