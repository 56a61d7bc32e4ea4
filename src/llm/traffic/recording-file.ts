import { appendFile, chmod, open, readFile, writeFile } from 'node:fs/promises';
import { SluiceError } from '../../api/errors.ts';
import { headerLine, parseRecording, type Recording, type RecordingHeader } from './exchange-record.ts';

/** Appends lines, one after the other, to a file that only its owner may read. Throws SluiceError `environment`. */
export function recordingFile(path: string): (line: string) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const append = async (line: string, before: Promise<void>): Promise<void> => {
    // That an earlier line could not be written was told to whoever wrote it.
    await before.catch(() => undefined);
    await writing(path, () => appendFile(path, line, { mode: 0o600 }));
  };
  return (line) => {
    last = append(line, last);
    return last;
  };
}

/**
 * A recording of its own, which takes the place of a file that is there as soon as there is something to write. The key is to be
 * of this recording alone: whoever has the file could try out which value stands behind a placeholder. Throws SluiceError
 * `environment` at once when the file cannot be written.
 */
export async function newRecording(
  path: string,
  header: RecordingHeader,
): Promise<(line: string) => Promise<void>> {
  await writing(path, async () => (await open(path, 'a', 0o600)).close());
  const append = recordingFile(path);
  let begun: Promise<void> | undefined;
  const begin = (): Promise<void> =>
    writing(path, async () => {
      await chmod(path, 0o600);
      await writeFile(path, headerLine(header));
    });
  return async (line) => {
    begun ??= begin();
    await begun;
    await append(line);
  };
}

/** What a file holds. Throws SluiceError `environment` or `invalid`. */
export async function readRecording(path: string): Promise<Recording> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fileFault(`cannot read the recording ${path}`, error);
  }
  return parseRecording(text);
}

async function writing(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw fileFault(`cannot write the recording ${path}`, error);
  }
}

function fileFault(what: string, error: unknown): SluiceError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new SluiceError('environment', 'RecordingFile', `${what} (${code})`);
}
