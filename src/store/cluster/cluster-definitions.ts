import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { StepTypeSource } from '../../step-types/step-type.ts';
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
  async put(definition: KubeObject): Promise<'created' | 'updated' | 'unchanged'> {
    const { namespace = systemNamespace, name = '' } = definition.metadata;
    const before = await this.find(namespace, name);
    try {
      const after = await this.#api.apply('workflowstepdefinitions', definition);
      if (before === undefined) return 'created';
      return after.metadata.resourceVersion === before.metadata.resourceVersion ? 'unchanged' : 'updated';
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
