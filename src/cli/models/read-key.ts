import { SluiceError } from '../../api/errors.ts';
import type { CliIo } from '../io.ts';

const limitBytes = 64 * 1024;

/**
 * A key from the terminal, without echo, or from standard input: never from an argument, which other users could see. '' where
 * none was given. Throws SluiceError `invalid` for more than one line.
 */
export async function readKey(io: CliIo, name: string): Promise<string> {
  if (io.readHiddenLine !== undefined)
    return (await io.readHiddenLine(`Key of ${name} (not shown): `)).trim();
  const bytes = await io.readStdin(limitBytes);
  const text = bytes === undefined ? undefined : new TextDecoder().decode(bytes).trim();
  if (text !== undefined && !/[\r\n]/.test(text)) return text;
  throw new SluiceError('invalid', 'BadModelKey', 'standard input holds more than one line: that is no key', {
    hint: `Give the key alone: printf %s "$KEY" | sluice auth add ${name}`,
  });
}
