// Directories that are filled once and kept outside the checkout: a fresh clone must not fetch or build again.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { holdLock } from './control-plane/hold-lock.js';

/** Where ours are. */
export function cacheRoot(env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice');
}

/**
 * Calls `fill(half)`, which fills a directory beside it, unless `directory` is there; a directory of this name is complete,
 * always. Whoever comes while it is filled calls `onWait` and waits. What `fill` returns is returned when it says
 * `skipped`, and nothing is kept then.
 */
export async function fillOnce(directory, fill, { onWait, signal }) {
  if (existsSync(directory)) return {};
  await mkdir(dirname(directory), { recursive: true });
  const release = await holdLock(`${directory}.lock`, { signal, onWait });
  const half = `${directory}.part`;
  try {
    if (existsSync(directory)) return {};
    // Whoever left one there is gone: the lock is ours.
    await rm(half, { recursive: true, force: true });
    await mkdir(half);
    const { skipped } = (await fill(half)) ?? {};
    if (skipped !== undefined) return { skipped };
    await rename(half, directory);
    return {};
  } finally {
    await rm(half, { recursive: true, force: true });
    release();
  }
}
