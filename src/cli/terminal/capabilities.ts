import type { CliIo, Output } from '../io.ts';
import { openStyle, type Style } from './style.ts';

/** NO_COLOR and FORCE_COLOR as their conventions have it; `--no-color` wins over both. */
export function styleFor(output: Output, env: CliIo['env'], isColorWanted: boolean): Style {
  return openStyle(isColorWanted && hasColor(output, env), hasUnicode(env));
}

/** A person looks at the progress: a terminal that can move its cursor, and no CI. */
export function isInteractive(io: Pick<CliIo, 'stderr' | 'env'>): boolean {
  return io.stderr.isTTY && io.env['TERM'] !== 'dumb' && !isCi(io.env);
}

export function isCi(env: CliIo['env']): boolean {
  const { CI: ci } = env;
  return ci !== undefined && ci !== '' && ci !== 'false' && ci !== '0';
}

function hasColor(output: Output, env: CliIo['env']): boolean {
  const { NO_COLOR: no, FORCE_COLOR: force, TERM: term } = env;
  if (no !== undefined && no !== '') return false;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return output.isTTY && term !== 'dumb';
}

function hasUnicode(env: CliIo['env']): boolean {
  // The first that is set and not empty decides, as in setlocale(3). Without any, programs of today write UTF-8.
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  if (locale === undefined) return env['TERM'] !== 'linux';
  return /utf-?8/i.test(locale);
}
