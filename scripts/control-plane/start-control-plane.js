// Real clusters in a temporary directory, separate API servers over one etcd: `main`, whose controllers make Pods of
// Deployments, and others such as `other`, where nothing happens that nobody asked for.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubeconfigOf, withNobody, writeKubeconfig } from './kubeconfig.js';
import { startCluster } from './start-cluster.js';
import { startEtcd } from './start-etcd.js';

/**
 * `{ kubeconfig, auditLogs, stop }`; `stop` ends every process started here and removes the directory. `others` are the
 * clusters beside `main`; `hasControllers` false leaves that one, too, to the tests; with `hasAudit` the file of each
 * cluster's audit log is in `auditLogs`, by name.
 */
export async function startControlPlane({
  programs,
  others = ['other'],
  hasControllers = true,
  hasAudit = false,
  signal,
}) {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-control-plane-'));
  const started = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map((part) => part.stop()));
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const etcd = await startEtcd({ programs, directory, signal });
    started.push(etcd);
    const starting = ['main', ...others].map(async (name) => {
      const place = {
        name,
        hasControllers: name === 'main' && hasControllers && programs.hasControllerManager,
        hasAudit,
        etcdUrl: etcd.url,
        programs,
        directory,
        signal,
      };
      const cluster = await startCluster(place);
      started.push(cluster);
      return cluster;
    });
    // All of them, so that `started` is complete before anything is stopped.
    await Promise.allSettled(starting);
    const clusters = await Promise.all(starting);
    const kubeconfig = join(directory, 'kubeconfig');
    await writeKubeconfig(kubeconfig, withNobody(kubeconfigOf(clusters), clusters));
    const auditLogs = Object.fromEntries(clusters.map(({ name, auditLog }) => [name, auditLog]));
    return { kubeconfig, auditLogs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
