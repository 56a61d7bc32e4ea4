// Where helm is: SLUICE_HELM, else our cache, else built into it from Go modules, beside the control plane.
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { goCommand, installedGo } from './go-command.js';
import { holdLock } from './hold-lock.js';

const version = 'v3.19.5';

/** `{ path }`, or `{ skipped: reason }` where there is no helm and nothing to build it with. Throws when it does not build. */
export async function findHelm({ env, say, signal }) {
  const given = env.SLUICE_HELM;
  if (given !== undefined && given !== '') {
    if (!existsSync(given)) throw new Error(`SLUICE_HELM=${given} is not there`);
    return { path: given };
  }
  const home = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const directory = join(
    home,
    'sluice',
    'control-plane',
    `helm-${version}_${process.platform}-${process.arch}`,
  );
  const path = join(directory, 'helm');
  if (existsSync(path)) return { path };
  if ((await installedGo(env)) === undefined) return { skipped: 'no helm (set SLUICE_HELM, or install Go)' };
  await mkdir(dirname(directory), { recursive: true });
  const release = await holdLock(`${directory}.lock`, {
    signal,
    onWait: () => say('another run builds helm; waiting for it'),
  });
  try {
    return existsSync(path) ? { path } : await build(directory, { env, say, signal });
  } finally {
    release();
  }
}

async function build(directory, { env, say, signal }) {
  say(`building helm ${version}, once; this takes a minute or two`);
  const half = `${directory}.part`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half);
  try {
    const args = [
      'install',
      '-p',
      '2',
      '-trimpath',
      '-ldflags',
      '-s -w',
      `helm.sh/helm/v3/cmd/helm@${version}`,
    ];
    const { code, lines } = await goCommand(args, { env: { ...env, GOBIN: half }, signal });
    signal.throwIfAborted();
    if (code !== 0) {
      const isAway = lines.some((line) => /dial tcp|no such host|proxy\.golang\.org|i\/o timeout/.test(line));
      if (isAway) return { skipped: `the sources of helm cannot be had (${lines.at(-1)})` };
      throw new Error(`helm does not build:\n${lines.slice(-15).join('\n')}`);
    }
    await rename(half, directory);
    return { path: join(directory, 'helm') };
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}
