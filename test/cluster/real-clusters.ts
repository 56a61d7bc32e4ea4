import { readFileSync } from 'node:fs';

/** What `npm run test:cluster` started for these tests. */
export interface RealClusters {
  /**
   * A kubeconfig with the contexts `main` (current), `other` and `prod` (other clusters, without controllers: nothing
   * happens there that no test does) and `nobody` (main, without any rights).
   */
  readonly kubeconfig: string;
  /** Whether Deployments of `main` get Pods. */
  readonly hasControllerManager: boolean;
}

/** A context of the kubeconfig, resolved. */
export interface ContextAccess {
  readonly server: string;
  readonly ca: string;
  readonly token: string;
}

export function realClusters(): RealClusters {
  const kubeconfig = process.env['SLUICE_TEST_KUBECONFIG'];
  if (kubeconfig === undefined)
    throw new Error('SLUICE_TEST_KUBECONFIG is not set; run these tests with: npm run test:cluster');
  return {
    kubeconfig,
    hasControllerManager: process.env['SLUICE_TEST_CONTROLLER_MANAGER'] === 'true',
  };
}

export interface Kubeconfig {
  readonly clusters: readonly {
    readonly name: string;
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly { readonly name: string; readonly user: { readonly token: string } }[];
  readonly contexts: readonly {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string };
  }[];
  readonly 'current-context': string;
}

export function readKubeconfig(): Kubeconfig {
  return JSON.parse(readFileSync(realClusters().kubeconfig, 'utf8')) as Kubeconfig;
}

export function accessOf(context: string): ContextAccess {
  const { clusters, users, contexts } = readKubeconfig();
  const chosen = contexts.find(({ name }) => name === context)?.context;
  const cluster = clusters.find(({ name }) => name === chosen?.cluster)?.cluster;
  const user = users.find(({ name }) => name === chosen?.user)?.user;
  if (cluster === undefined || user === undefined) throw new Error(`no context ${context}`);
  return {
    server: cluster.server,
    ca: Buffer.from(cluster['certificate-authority-data'], 'base64').toString(),
    token: user.token,
  };
}
