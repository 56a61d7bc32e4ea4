// Two real clusters in a temporary directory, separate API servers over one etcd: `main`, whose controllers make Pods of
// Deployments, and `other`, where nothing happens that nobody asked for.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubeconfigOf, withNobody, writeKubeconfig } from './kubeconfig.js';
import { startCluster } from './start-cluster.js';
import { startEtcd } from './start-etcd.js';

/** `{ kubeconfig, stop }`; `stop` ends every process started here and removes the directory. */
export async function startControlPlane({ programs, signal }) {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-control-plane-'));
  const started = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((part) => part.stop()));
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const etcd = await startEtcd({ programs, directory, signal });
    started.push(etcd);
    const wanted = { main: programs.hasControllerManager, other: false };
    const starting = Object.entries(wanted).map(async ([name, hasControllers]) => {
      const place = { name, hasControllers, etcdUrl: etcd.url, programs, directory, signal };
      const cluster = await startCluster(place);
      started.push(cluster);
      return cluster;
    });
    // All of them, so that `started` is complete before anything is stopped.
    await Promise.allSettled(starting);
    const clusters = await Promise.all(starting);
    const kubeconfig = join(directory, 'kubeconfig');
    await writeKubeconfig(kubeconfig, withNobody(kubeconfigOf(clusters), clusters));
    return { kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
