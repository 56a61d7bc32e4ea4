import { SluiceError } from '../../api/errors.ts';
import { compareText } from '../object-order.ts';
import { isHub } from '../hub-name.ts';
import type { Cluster, Clusters } from '../port.ts';
import type { Access } from './access.ts';
import { ApiClient } from './api-client.ts';
import { gatewayAccess, gatewayNames } from './gateway-clusters.ts';
import { readKubeconfig, type Kubeconfig } from './kubeconfig.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';
import { serviceAccountAccess, type PodService } from './service-account.ts';
import { watchLimits, type WatchLimits } from './watch-loop.ts';

export interface KubernetesClustersOptions {
  /** A file. Absent: where kubectl finds it, unless `service` is given. */
  readonly kubeconfig?: string;
  /** The context that '' means; absent: the kubeconfig's current one. */
  readonly context?: string;
  /** For a process in a Pod: its own cluster is the default one, and no kubeconfig is read. */
  readonly service?: PodService;
  readonly limits?: Partial<KubernetesLimits>;
  /** Milliseconds since 1970; default the system's clock. */
  now?(): number;
}

export interface KubernetesLimits {
  /** For one request with its whole answer. Default 60 s. */
  readonly requestMs: number;
  /** Of one answer, or one page of a list. Default 16 MiB. */
  readonly answerBytes: number;
  readonly watch: Partial<WatchLimits>;
}

/**
 * Real clusters: '' is that of the context, another name is another context of the kubeconfig or a cluster joined to it
 * with KubeVela's cluster gateway. Throws SluiceError `invalid` for a kubeconfig or context that cannot be used. No server
 * is asked yet.
 */
export async function openKubernetesClusters(options: KubernetesClustersOptions): Promise<Clusters> {
  const now = (): number => (options.now === undefined ? Date.now() : options.now());
  const { service, limits = {} } = options;
  const place =
    service === undefined || options.kubeconfig !== undefined || options.context !== undefined
      ? await fromKubeconfig(options, now)
      : { access: serviceAccountAccess(service, now), contexts: [], of: () => undefined };
  const opened = new Map<string, KubernetesCluster>();
  const open = (name: string, access: Access): KubernetesCluster => {
    const { requestMs = 60_000, answerBytes = 16 * 1024 * 1024, watch = {} } = limits;
    const client = new ApiClient({ access, timeoutMs: requestMs, limitBytes: answerBytes });
    const cluster = new KubernetesCluster(name, client, { ...watchLimits, ...watch });
    opened.set(name, cluster);
    return cluster;
  };
  const main = open('', place.access);
  const names = async (): Promise<readonly string[]> =>
    [...new Set([...place.contexts, ...(await gatewayNames(main))])].toSorted(compareText);
  const openNamed = async (name: string, access: Access | undefined): Promise<Cluster> => {
    if (access === undefined) throw unknownCluster(name, await names());
    // Opened meanwhile by another call: one cluster has one client.
    return opened.get(name) ?? open(name, access);
  };
  return {
    kind: 'kubernetes',
    async get(name) {
      const known = opened.get(name);
      if (known !== undefined) return known;
      const access = place.of(name);
      if (access === undefined && isHub(name)) return main;
      return openNamed(name, access ?? (await gatewayAccess(main, name)));
    },
    names,
    knows: (name) => isHub(name) || place.contexts.includes(name),
    async close() {
      await Promise.all([...opened.values()].map((cluster) => cluster.close()));
    },
  };
}

interface Place {
  readonly access: Access;
  readonly contexts: readonly string[];
  of(name: string): Access | undefined;
}

async function fromKubeconfig(options: KubernetesClustersOptions, now: () => number): Promise<Place> {
  const kubeconfig: Kubeconfig = await readKubeconfig(options.kubeconfig, now);
  const { contexts } = kubeconfig;
  const context = options.context ?? kubeconfig.currentContext;
  if (!contexts.includes(context)) {
    const where =
      options.kubeconfig === undefined ? 'The kubeconfig' : `The kubeconfig ${options.kubeconfig}`;
    const what = context === '' ? 'has no current context' : `has no context ${context}`;
    throw new SluiceError('invalid', 'UnknownContext', `${where} ${what}; ${listNames(contexts)}.`, {
      hint: 'Choose one with --context.',
    });
  }
  return {
    access: kubeconfig.access(context),
    contexts,
    of: (name) => (contexts.includes(name) ? kubeconfig.access(name) : undefined),
  };
}

function unknownCluster(name: string, names: readonly string[]): SluiceError {
  return new SluiceError('invalid', 'UnknownCluster', `There is no cluster ${name}; ${listNames(names)}.`, {
    hint: 'A cluster is a context of the kubeconfig, or one joined with KubeVela.',
  });
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 50).join(', ');
  return names.length === 0 ? 'there are none' : `there are ${shown}${names.length > 50 ? ', …' : ''}`;
}
