import { SluiceError } from '../api/errors.ts';
import type { InputFile } from '../runner/session.ts';
import type { CommandContext } from './command-context.ts';
import { readDefinitionFiles } from './input-files.ts';
import type { BackendFlags } from './with-backend.ts';

export interface DefFilesFlags extends BackendFlags {
  readonly file?: readonly string[];
  readonly output: 'text' | 'json' | 'yaml';
}

/** The step-type files named as arguments and with `-f`. */
export async function namedDefinitionFiles(
  files: readonly string[],
  flags: DefFilesFlags,
  { io }: CommandContext,
  command: string,
): Promise<readonly InputFile[]> {
  const all = [...files, ...(flags.file ?? [])];
  if (all.length > 0) return readDefinitionFiles(all, io);
  throw new SluiceError('invalid', 'MissingFile', `${command} needs a file or a directory`, {
    hint: `For example: sluice ${command} my-step.yaml`,
  });
}
