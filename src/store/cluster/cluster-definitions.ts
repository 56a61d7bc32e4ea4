import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { StepTypeSource } from '../../step-types/step-type.ts';
import type { DefinitionChange } from '../port.ts';
import type { WorkflowApi } from './workflow-api.ts';

/** Where definitions stand that every namespace sees. */
export const systemNamespace = 'vela-system';

/** A step type of a cluster. */
export interface ClusterStepType {
  readonly namespace: string;
  readonly source: StepTypeSource;
}

/** The WorkflowStepDefinitions of a cluster. */
export class ClusterDefinitions {
  readonly #api: WorkflowApi;

  constructor(api: WorkflowApi) {
    this.#api = api;
  }

  /** What runs of the namespace see, in the order in which a name is looked up: their own namespace, then the system's. */
  async seenFrom(namespace: string): Promise<readonly ClusterStepType[]> {
    const found: ClusterStepType[] = [];
    for (const place of new Set([namespace, systemNamespace])) {
      const sources = await this.#api.list('workflowstepdefinitions', place, sourceOf);
      found.push(...sources.map((source) => ({ namespace: place, source })));
    }
    return found;
  }

  async find(namespace: string, name: string): Promise<KubeObject | undefined> {
    return this.#api.get('workflowstepdefinitions', namespace, name);
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
      return await this.#api.apply('workflowstepdefinitions', definition, isDryRun);
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
    return this.#api.delete('workflowstepdefinitions', namespace, name);
  }
}

/** The definition as somebody would write it down: without what the server and other programs added. */
export function plainDefinition({ apiVersion, kind, metadata, spec }: KubeObject): JsonObject {
  const { name = '', namespace, labels, annotations } = metadata;
  const { [lastApplied]: _applied, ...told } = annotations ?? {};
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(Object.keys(told).length === 0 ? {} : { annotations: told }),
    },
    spec: (spec ?? {}) as JsonObject,
  };
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function sourceOf(object: KubeObject): StepTypeSource {
  const { name = '', namespace = '' } = object.metadata;
  return {
    name,
    format: 'yaml',
    origin: 'cluster',
    file: `${namespace}/${name}`,
    text: stringifyJson(plainDefinition(object), 2),
  };
}
