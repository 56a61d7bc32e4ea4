import { SluiceError } from '../../api/errors.ts';
import type { Fault } from '../../api/fault.ts';
import type { Json, JsonObject } from '../../api/json.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { InputFile } from '../../runner/session.ts';
import { readInputFile, readInputFiles } from '../input-files.ts';
import type { CliIo } from '../io.ts';

export interface GivenFlags {
  readonly subject?: readonly string[];
  readonly report?: readonly string[];
}

/** What the command line gives a gate beside what is written. */
export interface GivenProperties {
  readonly properties: JsonObject;
  /** Of the manifests. */
  readonly faults: readonly Fault[];
  readonly files: readonly InputFile[];
}

/** `--subject` are manifests, each document of them one object; `--report NAME=FILE` is what a tool has written. */
export async function readGivenProperties(
  flags: GivenFlags,
  io: Pick<CliIo, 'cwd' | 'readStdin'>,
): Promise<GivenProperties> {
  const files = await readInputFiles(flags.subject ?? [], io);
  const read = files.map(({ name, bytes }) => readDocuments(bytes, name));
  const subject: readonly Json[] = read.flatMap(({ documents }) => documents.map(({ value }) => value));
  const reports: Record<string, Json> = {};
  for (const text of flags.report ?? []) {
    const { name, file } = parseReport(text);
    if (Object.hasOwn(reports, name)) throw badReport(text, `there are two reports named ${name}`);
    const { bytes } = await readInputFile(file, io);
    reports[name] = { text: new TextDecoder().decode(bytes) };
  }
  return {
    properties: {
      ...(subject.length === 0 ? {} : { subject: [...subject] }),
      ...(Object.keys(reports).length === 0 ? {} : { reports }),
    },
    faults: read.flatMap(({ faults }) => faults),
    files,
  };
}

function parseReport(text: string): { readonly name: string; readonly file: string } {
  const equals = text.indexOf('=');
  const [name, file] = [text.slice(0, Math.max(0, equals)), text.slice(equals + 1)];
  if (name === '' || file === '' || name === '__proto__') throw badReport(text, 'expected NAME=FILE');
  return { name, file };
}

function badReport(text: string, why: string): SluiceError {
  return new SluiceError('invalid', 'BadOption', `--report ${text}: ${why}`, {
    hint: 'For example: --report scan=trivy.sarif, for an objective with findings: {from: scan}',
  });
}
