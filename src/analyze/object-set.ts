import type { KubeObject } from '../api/kube-object.ts';
import { groupOf } from '../cluster/known-kinds.ts';
import type { JsonObject } from '../api/json.ts';
import { objectAt, textAt } from './json-fields.ts';
import { nameOf } from './object-name.ts';
import { workloadOf, type Workload } from './pod-template.ts';

/** `Service`, `Role.rbac.authorization.k8s.io`: kind and API group whatever the version. */
export function kindOf(object: KubeObject): string {
  const group = groupOf(textAt(object, 'apiVersion'));
  return group === '' ? object.kind : `${object.kind}.${group}`;
}

/** The namespace that an object without one is applied to is not known here; such objects are taken to be in one place. */
export function namespaceOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'namespace');
}

/** The labels that the Pods of a workload get. */
export function podLabelsOf({ object, podPath }: Workload): JsonObject {
  const template = podPath.split('.').slice(0, -1);
  return objectAt(object, ...template, 'metadata', 'labels');
}

/** Objects that are judged together, such as the manifests of an application. */
export class ObjectSet {
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
  readonly #byKind: ReadonlyMap<string, readonly KubeObject[]>;
  readonly #byNamespace: ReadonlyMap<string, readonly Workload[]>;
  readonly #byName: ReadonlyMap<string, KubeObject>;
  readonly #autoscalers: ReadonlyMap<string, readonly KubeObject[]>;

  constructor(objects: readonly KubeObject[]) {
    this.objects = objects;
    this.workloads = objects.map(workloadOf).filter((workload) => workload !== undefined);
    this.#byKind = Map.groupBy(objects, kindOf);
    this.#byNamespace = Map.groupBy(this.workloads, ({ object }) => namespaceOf(object));
    this.#byName = new Map(
      objects.map((object) => [keyOf(kindOf(object), namespaceOf(object), nameOf(object)), object]),
    );
    this.#autoscalers = Map.groupBy(this.ofKind('HorizontalPodAutoscaler.autoscaling'), (autoscaler) => {
      const target = objectAt(autoscaler, 'spec', 'scaleTargetRef');
      return keyOf(textAt(target, 'kind'), namespaceOf(autoscaler), textAt(target, 'name'));
    });
  }

  ofKind(kind: string): readonly KubeObject[] {
    return this.#byKind.get(kind) ?? [];
  }

  find(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#byName.get(keyOf(kind, namespace, name));
  }

  /** The autoscalers that change the replicas of an object. */
  autoscalersOf(object: KubeObject): readonly KubeObject[] {
    return this.#autoscalers.get(keyOf(object.kind, namespaceOf(object), nameOf(object))) ?? [];
  }

  workloadsIn(namespace: string): readonly Workload[] {
    return this.#byNamespace.get(namespace) ?? [];
  }
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind}\n${namespace}\n${name}`;
}
