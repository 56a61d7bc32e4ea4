import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { cueScaffold, yamlScaffold } from '../scaffold.ts';

export interface DefInitFlags {
  readonly lang: 'cue' | 'yaml';
  readonly desc?: string;
  readonly output?: string;
}

/** A name that Kubernetes takes (RFC 1123). */
const nameForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Writes a step type to start from. A file that is there already is not touched. */
export async function defInit(name: string, flags: DefInitFlags, { io }: CommandContext): Promise<number> {
  if (!nameForm.test(name))
    throw new SluiceError('invalid', 'BadName', `${JSON.stringify(name)} is no name of a step type`, {
      hint: 'A name has lower-case letters, digits and hyphens, and at most 63 of them.',
    });
  const scaffold = { name, description: flags.desc ?? 'Greets someone, in the log.' };
  const text = flags.lang === 'cue' ? cueScaffold(scaffold) : yamlScaffold(scaffold);
  const { output } = flags;
  if (output === undefined) {
    io.stdout.write(text);
    return exitCodes.succeeded;
  }
  try {
    await writeFile(resolve(io.cwd, output), text, { flag: 'wx' });
  } catch (error) {
    throw new SluiceError('invalid', 'UnwritableFile', `cannot write ${output}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  io.stdout.write(`Definition written to ${output}\n`);
  io.stderr.write(`check it: sluice def vet ${output}\n`);
  return exitCodes.succeeded;
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code === 'EEXIST' ? 'it exists already' : messageOf(error);
}
