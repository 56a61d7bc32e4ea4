import type { JsonObject } from '../../api/json.ts';
import { isObject } from '../../api/json.ts';
import type { Cluster } from '../port.ts';
import { findInDocument, type SchemaDocument } from './schema-document.ts';
import type { KindSchemas } from './schema.ts';

/**
 * What the API server of a cluster publishes, its custom kinds included; what it does not publish, or a cluster without a
 * server, is looked up in `bundled`. Each API version is asked for once.
 */
export function openServedSchemas(cluster: Pick<Cluster, 'openApi'>, bundled: KindSchemas): KindSchemas {
  const asked = new Map<string, Promise<SchemaDocument | undefined>>();
  const read = async (apiVersion: string): Promise<SchemaDocument | undefined> => {
    const document = await cluster.openApi?.(apiVersion);
    return document !== undefined && isDocument(document) ? document : undefined;
  };
  return {
    source: cluster.openApi === undefined ? bundled.source : 'the cluster',
    async find(apiVersion, kind) {
      const document = asked.get(apiVersion) ?? read(apiVersion);
      asked.set(apiVersion, document);
      const published = await document;
      const found = published === undefined ? undefined : findInDocument(published, apiVersion, kind);
      return found ?? bundled.find(apiVersion, kind);
    },
  };
}

function isDocument(value: JsonObject): value is JsonObject & SchemaDocument {
  const components = value['components'];
  return isObject(components) && isObject(components['schemas']);
}
