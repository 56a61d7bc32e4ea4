import { appendFile, readFile } from 'node:fs/promises';
import { SluiceError } from '../../api/errors.ts';
import { parseRecords, type ExchangeRecord } from './exchange-record.ts';

/** Appends lines to a file that only its owner may read. Throws SluiceError `environment`. */
export function recordingFile(path: string): (line: string) => Promise<void> {
  return async (line) => {
    try {
      await appendFile(path, line, { mode: 0o600 });
    } catch (error) {
      throw fileFault(`cannot write the recording ${path}`, error);
    }
  };
}

/** The records of a file. Throws SluiceError `environment` or `invalid`. */
export async function readRecording(path: string): Promise<readonly ExchangeRecord[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw fileFault(`cannot read the recording ${path}`, error);
  }
  return parseRecords(text);
}

function fileFault(what: string, error: unknown): SluiceError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new SluiceError('environment', 'RecordingFile', `${what} (${code})`);
}
