import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject, ObjectRef } from '../../api/kube-object.ts';
import { checkIsObject } from '../check-object.ts';
import { compareByPlace } from '../object-order.ts';
import { textAt } from '../json-reading.ts';
import type { ApplyOptions, Cluster, ListQuery, PodLogQuery } from '../port.ts';
import type { ApiClient } from './api-client.ts';
import { Discovery, noSuchKind } from './discovery.ts';
import { listPages } from './list-pages.ts';
import { pathSegment } from './path-segment.ts';
import { readPodLog } from './pod-log.ts';
import { ReadVersions } from './read-versions.ts';
import { runWatchLoop, type WatchLimits } from './watch-loop.ts';

type Ref = Omit<ObjectRef, 'cluster'>;

/** Under this name Sluice owns the fields that it writes. */
const fieldManager = 'sluice';
/** Metadata alone, from a server that can leave out the rest. */
const metadataOfList = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** A real cluster, through its API server. */
export class KubernetesCluster implements Cluster {
  readonly name: string;
  readonly kind = 'kubernetes';
  readonly #client: ApiClient;
  readonly #discovery: Discovery;
  readonly #versions = new ReadVersions();
  readonly #watchLimits: WatchLimits;
  readonly #closing = new AbortController();

  /** Clusters of one server that differ in their credentials may share its `discovery`. */
  constructor(
    name: string,
    client: ApiClient,
    watchLimits: WatchLimits,
    discovery: Discovery = new Discovery(client),
  ) {
    this.name = name;
    this.#client = client;
    this.#discovery = discovery;
    this.#watchLimits = watchLimits;
  }

  async apply(object: KubeObject, { dryRun = false }: ApplyOptions = {}): Promise<KubeObject> {
    checkIsObject(object);
    const { apiVersion, kind, metadata } = object;
    const { name = '', namespace } = metadata;
    const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const path = await this.#pathOf(ref);
    const query = new URLSearchParams({ fieldManager, force: 'true', ...(dryRun ? { dryRun: 'All' } : {}) });
    return this.#write(ref, {
      method: 'PATCH',
      path: `${path}?${query.toString()}`,
      contentType: 'application/apply-patch+yaml',
      body: stringifyJson(withoutServerFields(object)),
      doing: `apply ${kind} ${name}`,
    });
  }

  async get(ref: Ref): Promise<KubeObject | undefined> {
    const path = await this.#pathOf(ref);
    const found = await this.#client.find({ method: 'GET', path, doing: `get ${ref.kind} ${ref.name}` });
    this.#versions.add(keyOf(ref), textAt(found, 'metadata', 'resourceVersion'));
    return found as KubeObject | undefined;
  }

  async list(query: ListQuery): Promise<readonly KubeObject[]> {
    try {
      return await this.#listPages(query);
    } catch (error) {
      // The server forgot the state that the list began with: once more from the start.
      if (error instanceof SluiceError && error.details?.['statusCode'] === 410)
        return this.#listPages(query);
      throw orNoSuchKind(error, query);
    }
  }

  async patch(ref: Ref, patch: JsonObject): Promise<KubeObject> {
    const path = await this.#pathOf(ref);
    return this.#write(ref, {
      method: 'PATCH',
      path: `${path}?${new URLSearchParams({ fieldManager }).toString()}`,
      contentType: 'application/merge-patch+json',
      body: stringifyJson(patch),
      doing: `patch ${ref.kind} ${ref.name}`,
    });
  }

  async delete(ref: Ref): Promise<boolean> {
    const path = await this.#pathOf(ref);
    const answer = await this.#client.find({
      method: 'DELETE',
      path,
      contentType: 'application/json',
      body: stringifyJson({ apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' }),
      doing: `delete ${ref.kind} ${ref.name}`,
    });
    return answer !== undefined;
  }

  watch(ref: Ref, onChange: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    void runWatchLoop({
      client: this.#client,
      collection: async () => this.#collectionOf(ref),
      name: ref.name,
      versions: this.#versions,
      versionKey: keyOf(ref),
      limits: this.#watchLimits,
      onChange,
      signal: AbortSignal.any([signal, this.#closing.signal]),
    });
  }

  podLog(
    { namespace = 'default', name }: Pick<Ref, 'namespace' | 'name'>,
    query: PodLogQuery,
  ): Promise<string> {
    return readPodLog(this.#client, namespace, name, query);
  }

  openApi(apiVersion: string): Promise<JsonObject | undefined> {
    const version = apiVersion.split('/').map(pathSegment).join('/');
    return this.#client.find({
      method: 'GET',
      path: `/openapi/v3/${apiVersion.includes('/') ? 'apis' : 'api'}/${version}`,
      doing: `read the schemas of ${apiVersion}`,
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#client.close();
  }

  async #write(ref: Ref, request: Parameters<ApiClient['send']>[0]): Promise<KubeObject> {
    const stored = await this.#client.send(request).catch((error: unknown) => {
      throw orNoSuchKind(error, ref);
    });
    this.#versions.add(keyOf(ref), textAt(stored, 'metadata', 'resourceVersion'));
    return stored as unknown as KubeObject;
  }

  async #listPages({
    apiVersion,
    kind,
    namespace,
    labelSelector,
    metadataOnly,
  }: ListQuery): Promise<readonly KubeObject[]> {
    const items = await listPages(this.#client, {
      kind,
      path: await this.#collectionOf({ apiVersion, kind, namespace: namespace ?? '' }),
      labelSelector,
      doing: `list ${kind}`,
      ...(metadataOnly === true ? { accept: metadataOfList } : {}),
    });
    // Items of a list do not say what they are.
    const objects = items.map((item) => ({ ...item, apiVersion, kind }) as unknown as KubeObject);
    return objects.toSorted(compareByPlace);
  }

  async #pathOf(ref: Ref): Promise<string> {
    if (ref.name === '') {
      throw new SluiceError(
        'terminal',
        'BadRequest',
        `A ${ref.kind} cannot be found or applied without a name.`,
      );
    }
    return `${await this.#collectionOf(ref)}/${pathSegment(ref.name)}`;
  }

  /** A namespaced kind without a namespace is in `default`; the namespace '' stands for all of them. */
  async #collectionOf(ref: Pick<Ref, 'apiVersion' | 'kind' | 'namespace'>): Promise<string> {
    const { plural, namespaced } = await this.#discovery.find(ref.apiVersion, ref.kind);
    const version = ref.apiVersion.split('/').map(pathSegment).join('/');
    const root = ref.apiVersion.includes('/') ? `/apis/${version}` : `/api/${version}`;
    const namespace = ref.namespace ?? 'default';
    const place = namespaced && namespace !== '' ? `/namespaces/${pathSegment(namespace)}` : '';
    return `${root}${place}/${pathSegment(plural)}`;
  }
}

/** A server that does not serve a kind that is known, not yet or no longer, says so in plain text. */
function orNoSuchKind(error: unknown, { apiVersion, kind }: Pick<Ref, 'apiVersion' | 'kind'>): unknown {
  return isSluiceError(error) && error.code === 'Http404' ? noSuchKind(apiVersion, kind) : error;
}

/** What a server sets, and refuses or takes for a condition when it is applied. */
function withoutServerFields(object: KubeObject): JsonObject {
  const {
    managedFields: _managed,
    resourceVersion: _version,
    uid: _uid,
    generation: _generation,
    creationTimestamp: _created,
    selfLink: _link,
    ...metadata
  } = object.metadata;
  return { ...object, metadata } as unknown as JsonObject;
}

function keyOf({ apiVersion, kind, namespace, name }: Ref): string {
  return JSON.stringify([apiVersion, kind, namespace ?? 'default', name]);
}
