import { appendFile, open, readFile } from 'node:fs/promises';
import { SluiceError } from '../../api/errors.ts';
import { headerLine, parseRecording, type Recording } from './exchange-record.ts';

/** Appends lines, one after the other, to a file that only its owner may read. Throws SluiceError `environment`. */
export function recordingFile(path: string): (line: string) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  const append = async (line: string, before: Promise<void>): Promise<void> => {
    // That an earlier line could not be written was told to whoever wrote it.
    await before.catch(() => undefined);
    try {
      await appendFile(path, line, { mode: 0o600 });
    } catch (error) {
      throw fileFault(`cannot write the recording ${path}`, error);
    }
  };
  return (line) => {
    last = append(line, last);
    return last;
  };
}

/**
 * Begins a recording: a file that is there already is gone. The key is that of this recording alone: whoever has the file could
 * try out which value stands behind a placeholder. Throws SluiceError `environment`.
 */
export async function beginRecording(path: string, evidenceKey: string): Promise<void> {
  try {
    const file = await open(path, 'w', 0o600);
    await file.writeFile(headerLine(evidenceKey));
    await file.close();
  } catch (error) {
    throw fileFault(`cannot write the recording ${path}`, error);
  }
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

function fileFault(what: string, error: unknown): SluiceError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new SluiceError('environment', 'RecordingFile', `${what} (${code})`);
}
