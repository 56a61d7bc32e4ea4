import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import { clusterRoleFor, roleFor, theController } from '../../src/controller/install/access-objects.ts';
import { clusterRights, ownRights, systemRights } from '../../src/controller/install/rights.ts';
import { joinedSecret } from '../cluster-port/joined-secret.ts';
import { ControllerProcess } from '../crash-cluster/controller-process.ts';
import { installCrds } from './install-crds.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, readKubeconfig, realClusters } from './real-clusters.ts';
import { ensureAccount, ensureNamespace, tokenFor } from './service-accounts.ts';

export interface RunStatus {
  readonly status: string;
  readonly finished?: boolean;
  readonly steps?: readonly { readonly name: string; readonly phase: string; readonly message?: string }[];
}

/**
 * A cluster with a real controller in a process of its own, under the rights that `sluice install` gives it. It drives
 * every run of the cluster: each test file that has one takes another cluster.
 */
export class ControlledHub {
  readonly api: KubeApi;
  readonly #context: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'sluice-hub-'));
  #controller: ControllerProcess | undefined;

  constructor(context: string) {
    this.#context = context;
    this.api = new KubeApi(context);
  }

  /** What a controller needs, but its Pods. */
  async install(): Promise<void> {
    const { name, namespace } = theController;
    await Promise.all([ensureNamespace(this.api, namespace), installCrds(this.api)]);
    await ensureAccount(this.api, namespace, name);
    await applyAll(this.#context, [
      ...clusterRoleFor(theController, { name, rights: clusterRights }),
      ...roleFor(theController, { name, namespace, rights: [...ownRights, ...systemRights] }),
    ]);
  }

  async join(
    name: string,
    context: string,
    of: { readonly token: string; readonly server?: string },
  ): Promise<void> {
    const { server, ca } = accessOf(context);
    const data = { endpoint: of.server ?? server, 'ca.crt': ca, token: of.token };
    await this.api.do('POST', '/api/v1/namespaces/vela-system/secrets', joinedSecret(name, data));
  }

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const kubeconfig = await this.#kubeconfig();
    this.#controller = await ControllerProcess.start({ kubeconfig, leaseNamespace: 'vela-system', env });
    await this.#controller.ready();
  }

  /** Makes the run and resolves with its status when it has finished. */
  async run(namespace: string, metadata: JsonObject, spec: JsonObject): Promise<RunStatus> {
    const path = `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`;
    const run = { apiVersion: 'core.oam.dev/v1alpha1', kind: 'WorkflowRun', metadata, spec };
    await this.api.do('POST', path, run);
    const finished = Promise.withResolvers<RunStatus>();
    const watching = new AbortController();
    const look = async (object: KubeObject): Promise<void> => {
      const status = object['status'] as unknown as RunStatus | undefined;
      if (object.metadata.name === metadata['name'] && status?.finished === true) finished.resolve(status);
    };
    const following = this.api.follow(path, look, watching.signal);
    following.catch((error: unknown) => finished.reject(error));
    try {
      return await finished.promise;
    } finally {
      watching.abort();
      await following;
    }
  }

  async close(): Promise<void> {
    await this.#controller?.stop();
    rmSync(this.#directory, { recursive: true });
    await this.api.close();
  }

  /** Of the cluster, as the controller's own account. */
  async #kubeconfig(): Promise<string> {
    const token = await tokenFor(this.api, theController.namespace, theController.name);
    const file = join(this.#directory, 'controller.json');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: readKubeconfig().clusters.filter(({ name }) => name === this.#context),
      users: [{ name: 'controller', user: { token } }],
      contexts: [{ name: 'hub', context: { cluster: this.#context, user: 'controller' } }],
      'current-context': 'hub',
    };
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    return file;
  }
}

/** As an administrator of the cluster. */
export async function applyAll(context: string, objects: readonly KubeObject[]): Promise<void> {
  const clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context });
  try {
    const cluster = await clusters.get('');
    for (const object of objects) await cluster.apply(object);
  } finally {
    await clusters.close();
  }
}
