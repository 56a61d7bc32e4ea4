import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { accessOf, type ContextAccess } from '../cluster/real-clusters.ts';

const crds = join(import.meta.dirname, '../../crds');
/** The account that effects are done as, in each namespace. */
export const serviceAccount = 'sluice-runner';

/** One of the API servers, made ready for controllers. Files that run at the same time have different ones. */
export class Place {
  readonly context: string;
  readonly access: ContextAccess;
  readonly api: KubeApi;
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'sluice-crash-cluster-'));

  private constructor(context: string) {
    this.context = context;
    this.access = accessOf(context);
    this.api = new KubeApi(context);
  }

  static async open(): Promise<Place> {
    // Vitest numbers the workers that run at once from 1.
    const place = new Place(process.env['VITEST_POOL_ID'] === '2' ? 'other' : 'main');
    for (const file of readdirSync(crds))
      await place.#install(parse(readFileSync(join(crds, file), 'utf8')) as KubeObject);
    await place.#removeRuns();
    return place;
  }

  /** A namespace of a name not used before, where effects may be done and a model's key stands in a Secret. */
  async newNamespace(): Promise<string> {
    const namespace = await this.api.newNamespace();
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await this.api.do('POST', `${rbac}/roles`, {
      metadata: { name: 'effects' },
      rules: [
        { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['*'] },
        { apiGroups: ['apps'], resources: ['deployments'], verbs: ['*'] },
      ],
    });
    await this.api.do('POST', `${rbac}/rolebindings`, {
      metadata: { name: 'effects' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'effects' },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace }],
    });
    await this.api.do('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata: { name: 'model' },
      stringData: { token: 'canary-of-the-model-token' },
    });
    return namespace;
  }

  /** A kubeconfig with this one server, as the admin unless another token is given. */
  kubeconfig(server: string, token: string = this.access.token): string {
    const file = join(mkdtempSync(join(this.#directory, 'kubeconfig-')), 'config');
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'proxy', cluster: { server } }],
      users: [{ name: 'controller', user: { token } }],
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

  async #install(crd: KubeObject): Promise<void> {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`;
    await this.api.do('PATCH', `${path}?fieldManager=tests&force=true`, crd, 'application/apply-patch+yaml');
    // The kind is served a moment after it is said to be.
    const spec = crd['spec'] as { group: string; names: { plural: string }; versions: { name: string }[] };
    const collection = `/apis/${spec.group}/${spec.versions[0]?.name}/${spec.names.plural}`;
    const deadline = performance.now() + 30_000;
    while ((await this.api.send('GET', collection).catch(() => ({ status: 404 }))).status !== 200) {
      if (performance.now() > deadline) throw new Error(`${collection} is not served`);
      await sleep(50);
    }
  }
}
