import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import type { Target } from './api-server.ts';

/** Which object a version of a collection stood for, so that a watch can go on from there. */
export class WatchHistory {
  readonly #cluster: Cluster;
  readonly #closing = new AbortController();
  /** Version to what the object was then; '' for none. */
  readonly #states = new Map<string, string>();
  readonly #streams = new Set<ServerResponse>();
  #count = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The version of a collection that shows this object now. */
  note(target: Target, name: string, object: KubeObject | undefined): string {
    const version = String(++this.#count);
    this.#states.set(version, stateOf(object));
    this.#states.set(`of ${version}`, `${target.kind}/${name}`);
    return version;
  }

  forget(): void {
    this.#states.clear();
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  close(): void {
    this.#closing.abort();
  }

  /** Sends what has happened since `from`, and then what happens. */
  stream(target: Target, name: string | undefined, from: string, response: ServerResponse): void {
    const { apiVersion, kind, namespace } = target;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const known = this.#states.get(from);
    if (name === undefined || known === undefined) {
      response.end(
        `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`,
      );
      return;
    }
    const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const stop = new AbortController();
    this.#streams.add(response);
    response.once('close', () => {
      this.#streams.delete(response);
      stop.abort();
    });
    this.#closing.signal.addEventListener('abort', () => stop.abort(), { once: true });
    let last = known;
    const look = async (): Promise<void> => {
      const object = await this.#cluster.get(ref);
      const state = stateOf(object);
      if (state === last || stop.signal.aborted || response.writableEnded) return;
      const type = object === undefined ? 'DELETED' : last === '' ? 'ADDED' : 'MODIFIED';
      last = state;
      const resourceVersion = this.note(target, name, object);
      const shown = object ?? { apiVersion, kind, metadata: { name } };
      // The state's own version is what a get shows; the history knows both.
      if (object !== undefined) this.#states.set(object.metadata.resourceVersion ?? '', state);
      const metadata = {
        ...shown.metadata,
        resourceVersion: object?.metadata.resourceVersion ?? resourceVersion,
      };
      response.write(`${JSON.stringify({ type, object: { ...shown, metadata } })}\n`);
    };
    this.#cluster.watch(ref, () => void look(), stop.signal);
    void look();
  }
}

function stateOf(object: KubeObject | undefined): string {
  return object === undefined ? '' : JSON.stringify(object);
}
