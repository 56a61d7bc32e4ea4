import { SluiceError } from '../../api/errors.ts';
import { isHub } from '../hub-name.ts';
import type { Cluster, Clusters } from '../port.ts';
import type { Access, Credentials } from './access.ts';
import type { ApiClient } from './api-client.ts';
import { Discovery } from './discovery.ts';
import { JoinedClusters, type JoinedCluster } from './joined-clusters.ts';
import { namespacesAnnotation, type JoinedSecret } from './joined-secret.ts';
import { KubernetesCluster } from './kubernetes-cluster.ts';
import { watchLimits, type WatchLimits } from './watch-loop.ts';

/** In whose name effects are done. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly serviceAccount: string;
}

/** Clusters as service accounts see them: every request is made in the account's name. */
export interface AccountClusters {
  /** '' and `local` are the hub. Costs nothing until a cluster is asked for. */
  for(account: ServiceAccount): Clusters;
  /** Whether runs of the namespace may use a cluster, before one does. Throws as `Clusters.get` does: `invalid`, `denied`. */
  check(namespace: string, name: string): Promise<void>;
  /** Ends watches and the connections to joined clusters; the hub's client stays its owner's. */
  close(): Promise<void>;
}

export interface AccountClustersOptions {
  /** With the controller's own rights: impersonating accounts, and reading joined clusters' Secrets by name. */
  readonly hub: ApiClient;
  /** Where those Secrets are: `vela-system`. */
  readonly systemNamespace: string;
  readonly limits?: Partial<AccountLimits>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface AccountLimits {
  /** For one request to a joined cluster with its whole answer. Default 60 s. */
  readonly requestMs: number;
  /** Of one answer of a joined cluster, or one page of a list. Default 16 MiB. */
  readonly answerBytes: number;
  /** So many accounts are remembered; others cost a few objects each time. Default 500. */
  readonly accounts: number;
  readonly watch: Partial<WatchLimits>;
}

/** A watch of a joined cluster begins anew so often, with the credential as it is then: a detached cluster's watches end. */
const joinedWatchSeconds = 30;

export function openAccountClusters(options: AccountClustersOptions): AccountClusters {
  const { hub, systemNamespace, limits = {} } = options;
  const { requestMs = 60_000, answerBytes = 16 * 1024 * 1024, accounts: mostAccounts = 500 } = limits;
  const joined = new JoinedClusters({
    hub,
    systemNamespace,
    timeoutMs: requestMs,
    limitBytes: answerBytes,
    now: () => options.now(),
  });
  const shared = { hub, discovery: new Discovery(hub), joined, watch: { ...watchLimits, ...limits.watch } };
  const accounts = new Map<string, OneAccount>();
  return {
    for(account) {
      const key = JSON.stringify([account.namespace, account.serviceAccount]);
      const clusters = accounts.get(key) ?? new OneAccount(account, shared);
      // The last used is the last in order, and goes last.
      accounts.delete(key);
      accounts.set(key, clusters);
      const oldest = accounts.keys().next();
      if (accounts.size > mostAccounts && oldest.done !== true) accounts.delete(oldest.value);
      return clusters;
    },
    async check(namespace, name) {
      if (isHub(name)) return;
      checkNamespace(await (await joined.find(name)).read(), namespace);
    },
    async close() {
      await Promise.all([...accounts.values()].map((clusters) => clusters.close()));
      await joined.close();
    },
  };
}

interface Shared {
  readonly hub: ApiClient;
  readonly discovery: Discovery;
  readonly joined: JoinedClusters;
  readonly watch: WatchLimits;
}

interface OpenedCluster {
  readonly joined: JoinedCluster;
  readonly cluster: KubernetesCluster;
}

class OneAccount implements Clusters {
  readonly kind = 'kubernetes';
  readonly #account: ServiceAccount;
  readonly #shared: Shared;
  readonly #hub: KubernetesCluster;
  readonly #opened = new Map<string, OpenedCluster>();

  constructor(account: ServiceAccount, shared: Shared) {
    this.#account = account;
    this.#shared = shared;
    const { hub, watch, discovery } = shared;
    this.#hub = new KubernetesCluster('', hub.as(userOf(account)), watch, discovery);
  }

  async get(name: string): Promise<Cluster> {
    checkAccount(this.#account);
    if (isHub(name)) return this.#hub;
    const joined = await this.#shared.joined.find(name);
    checkNamespace(await joined.read(), this.#account.namespace);
    const opened = this.#opened.get(name);
    // A cluster that was detached and joined again is another one.
    if (opened?.joined === joined) return opened.cluster;
    const client = joined.client.through(new AccountAccess(joined, this.#account));
    const { watch } = this.#shared;
    const limits = { ...watch, serverSeconds: Math.min(watch.serverSeconds, joinedWatchSeconds) };
    const cluster = new KubernetesCluster(name, client, limits, joined.discovery);
    this.#opened.set(name, { joined, cluster });
    return cluster;
  }

  /** Joined clusters are found by name alone. */
  async names(): Promise<readonly string[]> {
    return [''];
  }

  async close(): Promise<void> {
    const clusters = [this.#hub, ...[...this.#opened.values()].map(({ cluster }) => cluster)];
    await Promise.all(clusters.map((cluster) => cluster.close()));
  }
}

/** The way to a joined cluster for one account: what the Secret says of it is asked before every request. */
class AccountAccess implements Access {
  readonly label: string;
  readonly #joined: JoinedCluster;
  readonly #account: ServiceAccount;

  constructor(joined: JoinedCluster, account: ServiceAccount) {
    this.#joined = joined;
    this.#account = account;
    this.label = joined.access.label;
  }

  get server(): string {
    return this.#joined.access.server;
  }

  async credentials(): Promise<Credentials> {
    const secret = await this.#joined.read();
    checkNamespace(secret, this.#account.namespace);
    const credentials = await this.#joined.access.credentials();
    return secret.impersonates ? { ...credentials, user: userOf(this.#account) } : credentials;
  }

  forget(): void {
    this.#joined.access.forget();
  }

  seen(end: 'answer' | SluiceError): void {
    this.#joined.access.seen?.(end);
  }
}

/** Another text would be another kind of user to an API server, or no header at all. */
function checkAccount({ serviceAccount }: ServiceAccount): void {
  if (serviceAccount.length <= 253 && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(serviceAccount)) return;
  throw new SluiceError(
    'invalid',
    'BadServiceAccount',
    `${JSON.stringify(serviceAccount)} is no service account's name.`,
    {
      hint: 'Correct spec.serviceAccountName.',
    },
  );
}

function userOf({ namespace, serviceAccount }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${serviceAccount}`;
}

function checkNamespace({ name, namespaces }: JoinedSecret, namespace: string): void {
  if (namespaces === '*' || namespaces.includes(namespace)) return;
  throw new SluiceError(
    'denied',
    'ClusterNotAllowed',
    `Runs of namespace ${namespace} may not use cluster ${name}.`,
    {
      hint: `An administrator can add it to the annotation ${namespacesAnnotation} of the cluster's Secret in vela-system.`,
    },
  );
}
