import { isObject, type JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { KubeApi } from './kube-api.ts';

/**
 * Plays scheduler and kubelet for every Pod of a cluster: an image called `invalid` cannot be pulled, any other runs and
 * is ready at once, unless it is held. Statuses are written as a kubelet writes them.
 */
export class FakeNode {
  readonly #api: KubeApi;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  /** Images whose pull takes until it is told to end, with what to do when the first Pod asks for one. */
  readonly #held = new Map<string, (pod: KubeObject) => void>();

  /** `namespace` absent: of all of them. */
  constructor(api: KubeApi, namespace?: string) {
    this.#api = api;
    const path = namespace === undefined ? '/api/v1/pods' : `/api/v1/namespaces/${namespace}/pods`;
    this.#running = api.follow(path, (pod) => this.#attend(pod), this.#stopping.signal);
  }

  /** Leaves Pods of this image alone; resolves with the first there is. */
  hold(image: string): Promise<KubeObject> {
    return new Promise((resolve) => {
      this.#held.set(image, resolve);
    });
  }

  /** Ends the pull that a held Pod waits for. */
  async release(image: string, pod: KubeObject): Promise<void> {
    this.#held.delete(image);
    await this.#attend(pod);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #attend(pod: KubeObject): Promise<void> {
    const { namespace, name, deletionTimestamp } = pod.metadata;
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    if (deletionTimestamp !== undefined) {
      await this.#api.send('DELETE', path, { gracePeriodSeconds: 0 });
    } else if (!hasContainerStatus(pod)) {
      const onHeld = containersOf(pod)
        .map(({ image }) => this.#held.get(image))
        .find((found) => found !== undefined);
      if (onHeld !== undefined) onHeld(pod);
      // A Pod may be gone by now.
      else await this.#api.send('PATCH', `${path}/status`, { status: statusOf(pod) });
    }
  }
}

function hasContainerStatus(pod: KubeObject): boolean {
  const status = pod['status'];
  return isObject(status) && Array.isArray(status['containerStatuses']);
}

function containersOf(pod: KubeObject): readonly { readonly name: string; readonly image: string }[] {
  return (pod['spec'] as unknown as { containers: { name: string; image: string }[] }).containers;
}

function statusOf(pod: KubeObject): JsonObject {
  const startedAt = new Date().toISOString();
  const containers = containersOf(pod);
  const isPulled = containers.every(({ image }) => image !== 'invalid');
  const condition = (type: string, isTrue: boolean): JsonObject => ({
    type,
    status: isTrue ? 'True' : 'False',
    lastTransitionTime: startedAt,
    ...(isTrue ? {} : { reason: 'ContainersNotReady' }),
  });
  return {
    phase: isPulled ? 'Running' : 'Pending',
    startTime: startedAt,
    podIP: '10.1.0.1',
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', isPulled),
      condition('Ready', isPulled),
    ],
    containerStatuses: containers.map(({ name, image }) => ({
      name,
      image,
      imageID: '',
      restartCount: 0,
      ready: isPulled,
      started: isPulled,
      state: isPulled
        ? { running: { startedAt } }
        : {
            waiting: {
              reason: 'ImagePullBackOff',
              message: `Back-off pulling image "${image}": pull access denied, repository does not exist`,
            },
          },
    })),
  };
}
