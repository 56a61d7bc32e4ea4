import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { enable, install } from './installation.ts';
import { accessOf, type ContextAccess } from '../cluster/real-clusters.ts';

/** One of the API servers, made ready for controllers. Files that run at the same time have different ones. */
export class Place {
  readonly context: string;
  readonly access: ContextAccess;
  readonly api: KubeApi;
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'sluice-crash-cluster-'));

  #token = '';

  private constructor(context: string) {
    this.context = context;
    this.access = accessOf(context);
    this.api = new KubeApi(context);
  }

  static async open(): Promise<Place> {
    // Vitest numbers the workers that run at once from 1.
    const place = new Place(process.env['VITEST_POOL_ID'] === '2' ? 'other' : 'main');
    place.#token = await install(place.api);
    await place.#removeRuns();
    return place;
  }

  /** A namespace of a name not used before, where effects may be done and a model's key stands in a Secret. */
  async newNamespace(): Promise<string> {
    const namespace = await this.api.newNamespace();
    await enable(this.api, namespace);
    await this.api.do('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'model' },
      stringData: { token: 'canary-of-the-model-token' },
    });
    return namespace;
  }

  /** A kubeconfig with this one server, as the controller's account. */
  kubeconfig(server: string): string {
    const file = join(mkdtempSync(join(this.#directory, 'kubeconfig-')), 'config');
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'proxy', cluster: { server } }],
      users: [{ name: 'controller', user: { token: this.#token } }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'controller' } }],
      'current-context': 'proxy',
    };
    writeFileSync(file, JSON.stringify(kubeconfig), { mode: 0o600 });
    return file;
  }

  async close(): Promise<void> {
    await this.#removeRuns();
    await this.api.close();
    rmSync(this.#directory, { recursive: true });
  }

  /** Controllers see the runs of every namespace: none may be left for the next. */
  async #removeRuns(): Promise<void> {
    const { items } = await this.api.do('GET', '/apis/core.oam.dev/v1alpha1/workflowruns');
    for (const { metadata } of items as unknown as KubeObject[])
      await this.api.send(
        'DELETE',
        `/apis/core.oam.dev/v1alpha1/namespaces/${metadata.namespace}/workflowruns/${metadata.name}`,
      );
  }
}
