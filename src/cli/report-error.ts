import { inspect } from 'node:util';
import { isSluiceError, messageOf } from '../api/errors.ts';
import { exitCodeOfError } from './exit-code.ts';
import type { CliIo } from './io.ts';
import { openAnnotations, withoutCommands } from './render/github-annotation.ts';
import { cleanText } from './terminal/clean-text.ts';

/** Says on standard error what went wrong and what to do; the stack only with `--debug`. Returns the exit code. */
export function reportError(error: unknown, io: CliIo, isDebug: boolean): number {
  const code = exitCodeOfError(error);
  const message = cleanText(messageOf(error)).trim();
  const isOurs = isSluiceError(error) && error.kind !== 'bug';
  const said = isOurs ? message : `a fault of sluice itself: ${message}`;
  io.stderr.write(withoutCommands(`error: ${said}\n`, io));
  const hint = isSluiceError(error) ? error.hint : undefined;
  if (hint !== undefined) io.stderr.write(withoutCommands(`${cleanText(hint).trim()}\n`, io));
  else if (!isOurs && !isDebug) io.stderr.write('Run it again with --debug for the details.\n');
  openAnnotations(io).say('error', message);
  if (isDebug) io.stderr.write(`${inspect(error)}\n`);
  return code;
}
