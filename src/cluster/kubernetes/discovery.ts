import { SluiceError } from '../../api/errors.ts';
import { findKnownKind, groupOf, isOwnGroup } from '../known-kinds.ts';
import { objectsAt, textAt, valueAt } from '../json-reading.ts';
import type { ApiClient } from './api-client.ts';
import { pathSegment } from './path-segment.ts';

/** How a kind is called in URLs. */
export interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Finds out how kinds are called in URLs, once for each API version. */
export class Discovery {
  readonly #client: ApiClient;
  readonly #versions = new Map<string, Promise<ReadonlyMap<string, Resource>>>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /** Throws SluiceError `NoSuchKind`. */
  async find(apiVersion: string, kind: string): Promise<Resource> {
    const known = findKnownKind(groupOf(apiVersion), kind);
    // Kubernetes' own kinds are called the same everywhere; asking would cost each process a request.
    if (known?.apiVersion === apiVersion && isOwnGroup(groupOf(apiVersion))) return known;
    const cached = this.#versions.get(apiVersion);
    const found = (await cached)?.get(kind);
    if (found !== undefined) return found;
    // Not there before: it may have been installed meanwhile.
    const fresh = this.#read(apiVersion);
    this.#versions.set(apiVersion, fresh);
    fresh.catch(() => this.#versions.delete(apiVersion));
    const resource = (await fresh).get(kind);
    if (resource !== undefined) return resource;
    throw noSuchKind(apiVersion, kind);
  }

  /** The server may be another one from now on. */
  forget(): void {
    this.#versions.clear();
  }

  async #read(apiVersion: string): Promise<ReadonlyMap<string, Resource>> {
    const prefix = groupOf(apiVersion) === '' ? '/api' : '/apis';
    const path = `${prefix}/${apiVersion.split('/').map(pathSegment).join('/')}`;
    const list = await this.#client.find({
      method: 'GET',
      path,
      doing: `ask for the kinds of ${apiVersion}`,
    });
    const resources = objectsAt(list, 'resources')
      // `deployments/scale` and the like are parts of another.
      .filter((resource) => !textAt(resource, 'name').includes('/'))
      .map((resource): [string, Resource] => [
        textAt(resource, 'kind'),
        { plural: textAt(resource, 'name'), namespaced: valueAt(resource, 'namespaced') === true },
      ]);
    return new Map(resources);
  }
}

/**
 * A server tells of a new kind a moment after its definition was applied, so a kind that may be defined is worth another
 * try; the groups of Kubernetes itself only change with the server.
 */
export function noSuchKind(apiVersion: string, kind: string): SluiceError {
  const errorKind = isOwnGroup(groupOf(apiVersion)) ? 'terminal' : 'transient';
  return new SluiceError(
    errorKind,
    'NoSuchKind',
    `no matches for kind "${kind}" in version "${apiVersion}"`,
    {
      hint: 'Install its CustomResourceDefinition first, or correct apiVersion and kind.',
    },
  );
}
