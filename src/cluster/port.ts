import type { JsonObject } from '../api/json.ts';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';

export interface ListQuery {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  /** Kubernetes label selector text, such as `app=web,tier!=db`. */
  readonly labelSelector?: string;
  /** Nothing but metadata is wanted: a real cluster does not send the rest, such as what Secrets hold. */
  readonly metadataOnly?: true;
}

export interface PodLogQuery {
  readonly container: string;
  /** That of the run before its last restart. */
  readonly previous: boolean;
  /** Of the log's end. */
  readonly maxLines: number;
  readonly maxBytes: number;
}

export interface ApplyOptions {
  readonly dryRun?: boolean;
}

/**
 * One cluster. Methods throw SluiceError: `transient` (try again), `denied` (401, 403), `terminal` (422, 409 that will not
 * pass), `environment` (unreachable). A missing object is undefined, not an error.
 */
export interface Cluster {
  readonly name: string;
  readonly kind: 'memory' | 'kubernetes';
  /**
   * Server-side apply with our own field manager; the same object twice is a no-op. Returns the object as stored, or with
   * `dryRun`, which changes nothing, as it would be.
   */
  apply(object: KubeObject, options?: ApplyOptions): Promise<KubeObject>;
  get(ref: Omit<ObjectRef, 'cluster'>): Promise<KubeObject | undefined>;
  /** In the order of namespace and name. */
  list(query: ListQuery): Promise<readonly KubeObject[]>;
  /** JSON merge patch. */
  patch(ref: Omit<ObjectRef, 'cluster'>, patch: JsonObject): Promise<KubeObject>;
  /** Whether there was something to delete; propagation is background. */
  delete(ref: Omit<ObjectRef, 'cluster'>): Promise<boolean>;
  /**
   * Calls `onChange` soon after the object appears, changes or goes, until `signal` aborts; a spurious call is allowed, a
   * missed change is not. The caller reads the object itself.
   */
  watch(ref: Omit<ObjectRef, 'cluster'>, onChange: () => void, signal: AbortSignal): void;
  /** The end of a container's log; '' when it has written nothing. Absent where containers do not really run. */
  podLog?(pod: Pick<ObjectRef, 'namespace' | 'name'>, query: PodLogQuery): Promise<string>;
  /**
   * The OpenAPI v3 document of one API version; undefined where there is none. Absent where no server publishes one. Untrusted:
   * it holds the schemas of whoever installed custom kinds.
   */
  openApi?(apiVersion: string): Promise<JsonObject | undefined>;
}

/** What `cluster: NAME` in a step means. '' is the default cluster. */
export interface Clusters {
  readonly kind: 'memory' | 'kubernetes';
  /** Throws SluiceError `invalid` with the names there are when `name` is unknown. */
  get(name: string): Promise<Cluster>;
  names(): Promise<readonly string[]>;
  /** Whether a name is known without asking any cluster. False, and absent: only `names` can tell. */
  knows?(name: string): boolean;
  close(): Promise<void>;
}

/** The part of a cluster that the offline engine and analyzers may use. */
export type ReadOnlyCluster = Pick<Cluster, 'name' | 'kind' | 'get' | 'list' | 'podLog' | 'openApi'>;
