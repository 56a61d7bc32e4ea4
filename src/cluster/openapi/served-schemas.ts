import type { JsonObject } from '../../api/json.ts';
import { isSluiceError } from '../../api/errors.ts';
import { isObject } from '../../api/json.ts';
import type { Cluster } from '../port.ts';
import { findInDocument, type SchemaDocument } from './schema-document.ts';
import type { KindSchemas } from './schema.ts';

/**
 * What the API server of a cluster publishes, its custom kinds included. What it does not publish, or does not show, is looked
 * up in `bundled`, as is all of a cluster without a server. Each API version is asked for once.
 */
export function openServedSchemas(cluster: Pick<Cluster, 'openApi'>, bundled: KindSchemas): KindSchemas {
  const asked = new Map<string, Promise<SchemaDocument | undefined>>();
  const read = async (apiVersion: string): Promise<SchemaDocument | undefined> => {
    try {
      const document = await cluster.openApi?.(apiVersion);
      return document !== undefined && isDocument(document) ? document : undefined;
    } catch (error) {
      if (isSluiceError(error) && (error.kind === 'denied' || error.kind === 'terminal')) return undefined;
      throw error;
    }
  };
  let isBundledUsed = cluster.openApi === undefined;
  return {
    get source() {
      const served = cluster.openApi === undefined ? [] : ['the cluster'];
      return [...served, ...(isBundledUsed ? [bundled.source] : [])].join(' and ');
    },
    async find(apiVersion, kind) {
      const document = asked.get(apiVersion) ?? read(apiVersion);
      asked.set(apiVersion, document);
      const published = await document;
      const found = published === undefined ? undefined : findInDocument(published, apiVersion, kind);
      if (found !== undefined) return found;
      const known = await bundled.find(apiVersion, kind);
      isBundledUsed ||= known !== undefined;
      return known;
    },
  };
}

function isDocument(value: JsonObject): value is JsonObject & SchemaDocument {
  const components = value['components'];
  return isObject(components) && isObject(components['schemas']);
}
