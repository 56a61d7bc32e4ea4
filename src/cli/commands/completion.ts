import { SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { shellScript, shells } from '../completion/shell-script.ts';
import { exitCodes } from '../exit-code.ts';

/** Prints the completion script of a shell. */
export async function completion(shell: string, { io }: CommandContext): Promise<number> {
  const known = shells.find((name) => name === shell);
  if (known === undefined) {
    throw new SluiceError('invalid', 'UnknownShell', `there is no completion for ${shell}`, {
      hint: `There is one for ${shells.join(', ')}.`,
    });
  }
  io.stdout.write(shellScript(known));
  return exitCodes.succeeded;
}
