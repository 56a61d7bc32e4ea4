import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { DefinitionChange } from '../port.ts';
import { plainDefinition, systemNamespace } from './plain-definition.ts';
import type { WorkflowApi } from './workflow-api.ts';

/** What `def apply` installs in a cluster: step types, or Packages. */
export class InstalledObjects {
  readonly #api: WorkflowApi;
  readonly #resource: 'workflowstepdefinitions' | 'packages';

  constructor(api: WorkflowApi, resource: 'workflowstepdefinitions' | 'packages') {
    this.#api = api;
    this.#resource = resource;
  }

  async find(namespace: string, name: string): Promise<KubeObject | undefined> {
    return this.#api.get(this.#resource, namespace, name);
  }

  /** Installs or replaces it, by server-side apply. */
  async put(definition: KubeObject): Promise<DefinitionChange> {
    const before = await this.#former(definition);
    const after = await this.#apply(definition, false);
    if (before === undefined) return 'created';
    return after.metadata.resourceVersion === before.metadata.resourceVersion ? 'unchanged' : 'updated';
  }

  /** What `put` would do, and the definition as the server would have it: its own dry run, which admission sees, too. */
  async tryOut(
    definition: KubeObject,
  ): Promise<{ readonly change: DefinitionChange; readonly object: JsonObject }> {
    const before = await this.#former(definition);
    const object = plainDefinition(await this.#apply(definition, true));
    if (before === undefined) return { change: 'created', object };
    const isSame = stringifyJson(plainDefinition(before)) === stringifyJson(object);
    return { change: isSame ? 'unchanged' : 'updated', object };
  }

  #former({ metadata }: KubeObject): Promise<KubeObject | undefined> {
    return this.find(metadata.namespace ?? systemNamespace, metadata.name ?? '');
  }

  async #apply(definition: KubeObject, isDryRun: boolean): Promise<KubeObject> {
    const { namespace = systemNamespace } = definition.metadata;
    try {
      return await this.#api.apply(this.#resource, definition, isDryRun);
    } catch (error) {
      if (!isSluiceError(error) || error.code !== 'NotFound') throw error;
      throw new SluiceError(
        'invalid',
        'NoSuchNamespace',
        `there is no namespace ${namespace} in the cluster`,
        {
          hint: `Choose another with -n, or make it: kubectl create namespace ${namespace}`,
        },
      );
    }
  }

  async delete(namespace: string, name: string): Promise<boolean> {
    return this.#api.delete(this.#resource, namespace, name);
  }
}
