import { stringifyJson } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { withPackages } from '../../step-types/packages/imported-packages.ts';
import type { StepTypeSource } from '../../step-types/step-type.ts';
import { ClusterPackages } from './cluster-packages.ts';
import { InstalledObjects } from './installed-objects.ts';
import { plainDefinition, systemNamespace } from './plain-definition.ts';
import type { WorkflowApi } from './workflow-api.ts';

/** A step type of a cluster. */
export interface ClusterStepType {
  readonly namespace: string;
  readonly source: StepTypeSource;
}

/** The WorkflowStepDefinitions of a cluster. */
export class ClusterDefinitions extends InstalledObjects {
  readonly #api: WorkflowApi;
  readonly packages: ClusterPackages;

  constructor(api: WorkflowApi) {
    super(api, 'workflowstepdefinitions');
    this.#api = api;
    this.packages = new ClusterPackages(api);
  }

  /** What runs of the namespace see, in the order in which a name is looked up: their own namespace, then the system's. */
  async seenFrom(namespace: string): Promise<readonly ClusterStepType[]> {
    const found: ClusterStepType[] = [];
    for (const place of new Set([namespace, systemNamespace])) {
      const sources = await this.#api.list('workflowstepdefinitions', place, sourceOf);
      const visible = await this.packages.seenFrom(place);
      found.push(...sources.map((source) => ({ namespace: place, source: withPackages(source, visible) })));
    }
    return found;
  }
}

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
