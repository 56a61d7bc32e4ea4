import type { JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { fieldAt, objectAt, objectsAt, textAt } from './json-fields.ts';
import { quoteText } from './quote-text.ts';

/**
 * `sidecar` is an init container with restartPolicy Always: it runs as long as the Pod does. `ephemeral` was put into a
 * running Pod by `kubectl debug`.
 */
type ContainerRole = 'app' | 'init' | 'sidecar' | 'ephemeral';

export interface ContainerSpec {
  readonly name: string;
  readonly role: ContainerRole;
  readonly spec: JsonObject;
  /** Such as `spec.template.spec.containers[0]`. */
  readonly path: string;
}

/** What runs Pods, and the Pod it describes. */
export interface Workload {
  readonly object: KubeObject;
  readonly kind: string;
  readonly podSpec: JsonObject;
  /** Such as `spec.template.spec`. */
  readonly podPath: string;
  readonly containers: readonly ContainerSpec[];
  /** Whether its containers are meant to run until they are stopped, unlike those of a Job. */
  readonly longRunning: boolean;
  /** Windows Pods have no capabilities, seccomp or numeric users. */
  readonly windows: boolean;
}

const podPaths: readonly (readonly string[])[] = [
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
];

/** The workload that an object is, by its shape (so custom kinds with a Pod template count); undefined when it runs no Pods. */
export function workloadOf(object: KubeObject): Workload | undefined {
  const path = podPathOf(object);
  if (path === undefined) return undefined;
  const podSpec = objectAt(object, ...path);
  const podPath = path.join('.');
  const containers = [
    ...containersOf(podSpec, podPath),
    ...readContainers(podSpec, podPath, 'ephemeralContainers', () => 'ephemeral'),
  ];
  if (!containers.some((container) => container.role === 'app')) return undefined;
  return {
    object,
    kind: object.kind,
    podSpec,
    podPath,
    containers,
    longRunning: isLongRunning(object, podSpec),
    windows: textAt(podSpec, 'os', 'name') === 'windows',
  };
}

/** The spec of the Pod that an object is or describes; undefined when it runs no Pods. */
export function podSpecOf(object: KubeObject): JsonObject | undefined {
  const path = podPathOf(object);
  return path === undefined ? undefined : objectAt(object, ...path);
}

/** Its containers of every role. */
export function containerSpecsOf(podSpec: JsonObject): readonly JsonObject[] {
  return ['containers', 'initContainers', 'ephemeralContainers'].flatMap((field) =>
    objectsAt(podSpec, field),
  );
}

function podPathOf(object: KubeObject): readonly string[] | undefined {
  if (object.kind === 'Pod' && object.apiVersion === 'v1') return ['spec'];
  return podPaths.find((each) => Array.isArray(fieldAt(object, ...each, 'containers')));
}

export function containersOf(podSpec: JsonObject, podPath: string): readonly ContainerSpec[] {
  return [
    ...readContainers(podSpec, podPath, 'containers', () => 'app'),
    ...readContainers(podSpec, podPath, 'initContainers', (spec) =>
      textAt(spec, 'restartPolicy') === 'Always' ? 'sidecar' : 'init',
    ),
  ];
}

function readContainers(
  podSpec: JsonObject,
  podPath: string,
  field: string,
  roleOf: (spec: JsonObject) => ContainerRole,
): readonly ContainerSpec[] {
  return objectsAt(podSpec, field).map((spec, index) => ({
    name: quoteText(textAt(spec, 'name'), 63),
    role: roleOf(spec),
    spec,
    path: `${podPath}.${field}[${index}]`,
  }));
}

function isLongRunning(object: KubeObject, podSpec: JsonObject): boolean {
  if (object.kind === 'Job' || object.kind === 'CronJob') return false;
  const policy = textAt(podSpec, 'restartPolicy');
  return policy === '' || policy === 'Always';
}
