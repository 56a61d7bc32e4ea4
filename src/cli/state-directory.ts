import { resolve } from 'node:path';
import { SluiceError } from '../api/errors.ts';
import type { CliIo } from './io.ts';

/** `--state-dir`, SLUICE_STATE_DIR, $XDG_STATE_HOME/sluice, ~/.local/state/sluice: the first that is set and not empty. */
export function stateDirectory(option: string | undefined, io: Pick<CliIo, 'env' | 'cwd' | 'home'>): string {
  const { SLUICE_STATE_DIR: own, XDG_STATE_HOME: xdg } = io.env;
  if (option !== undefined && option !== '') return resolve(io.cwd, option);
  if (own !== undefined && own !== '') return resolve(io.cwd, own);
  // The specification has relative paths ignored.
  if (xdg?.startsWith('/') === true) return resolve(xdg, 'sluice');
  if (io.home !== '') return resolve(io.home, '.local/state/sluice');
  throw new SluiceError('environment', 'NoStateDirectory', 'there is no home directory to keep runs in', {
    hint: 'Choose a directory with --state-dir or SLUICE_STATE_DIR.',
  });
}
