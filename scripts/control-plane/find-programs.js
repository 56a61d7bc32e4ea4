// Where the programs of a control plane are: KUBEBUILDER_ASSETS, else our cache, else built into it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../cached-directory.js';
import { buildPrograms, programNames } from './build-programs.js';
import { installedGo } from './go-command.js';
import { etcdVersion, kubernetesVersion } from './versions.js';

/**
 * `{ directory, hasControllerManager }`, or `{ skipped: reason }` where there is nothing to run and nothing to build with.
 * Throws when the programs that were named are not there, or when they do not compile.
 */
export async function findPrograms({ env, say, signal }) {
  const assets = env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== '') {
    for (const name of ['kube-apiserver', 'etcd']) {
      if (!existsSync(join(assets, name)))
        throw new Error(`KUBEBUILDER_ASSETS=${assets} has no ${name} in it`);
    }
    return found(assets);
  }
  const directory = cacheDirectory(env);
  if (programNames.every((name) => existsSync(join(directory, name)))) return found(directory);
  const go = await installedGo(env);
  if (go === undefined) return { skipped: 'no kube-apiserver (set KUBEBUILDER_ASSETS, or install Go 1.26)' };
  const built = await buildPrograms({ directory, go, env, say, signal });
  return built.skipped === undefined ? found(directory) : built;
}

function found(directory) {
  // The archives made for KUBEBUILDER_ASSETS have no kube-controller-manager.
  return { directory, hasControllerManager: existsSync(join(directory, 'kube-controller-manager')) };
}

function cacheDirectory(env) {
  const versions = `kubernetes-${kubernetesVersion}_etcd-${etcdVersion}_${process.platform}-${process.arch}`;
  return join(cacheRoot(env), 'control-plane', versions);
}
