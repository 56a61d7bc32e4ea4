import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { ContainerSpec } from '../pod-template.ts';
import type { Subject } from './subject.ts';
import { objectAt, objectsAt, textAt } from '../json-fields.ts';
import { describeObject } from '../object-name.ts';
import { containersOf } from '../pod-template.ts';

/** One container of a live Pod: its spec there, its status, and where the asked object describes it. */
export interface ContainerView {
  readonly name: string;
  readonly role: ContainerSpec['role'];
  readonly spec: JsonObject;
  readonly status: JsonObject;
  /** In the asked object where it has a container of that name, otherwise in the Pod. */
  readonly path: string;
  readonly waiting: { readonly reason: string; readonly message: string };
  readonly isRunning: boolean;
}

export interface PodView {
  readonly pod: KubeObject;
  readonly uid: string;
  /** `Pod default/web-7d4`. */
  readonly label: string;
  readonly phase: string;
  readonly containers: readonly ContainerView[];
}

export function viewPod(pod: KubeObject, subject: Subject): PodView {
  const statuses = [
    ...objectsAt(pod, 'status', 'containerStatuses'),
    ...objectsAt(pod, 'status', 'initContainerStatuses'),
  ];
  return {
    pod,
    uid: textAt(pod, 'metadata', 'uid'),
    label: describeObject(pod),
    phase: textAt(pod, 'status', 'phase'),
    containers: containersOf(objectAt(pod, 'spec'), 'spec').map((container) => {
      const status = statuses.find((each) => textAt(each, 'name') === textAt(container.spec, 'name')) ?? {};
      return {
        name: container.name,
        role: container.role,
        spec: container.spec,
        status,
        path:
          subject.workload?.containers.find((each) => each.name === container.name)?.path ?? container.path,
        waiting: {
          reason: textAt(status, 'state', 'waiting', 'reason'),
          message: textAt(status, 'state', 'waiting', 'message'),
        },
        isRunning: Object.keys(objectAt(status, 'state', 'running')).length > 0,
      };
    }),
  };
}

export function conditionOf(object: KubeObject, type: string): JsonObject | undefined {
  return objectsAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);
}
