import { isMap, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ServerEntry } from './read-settings.ts';

/** The text with a server added, or put in the place of the one of its name. Comments and order stay. */
export function withServer(text: string, server: ServerEntry, isDefault: boolean): string {
  const document = parse(text);
  const servers = serversOf(document);
  const node = document.createNode(fieldsOf(server));
  const at = indexOf(servers, server.name);
  if (at < 0) servers.add(node);
  else servers.set(at, node);
  if (isDefault) document.set('default', server.name);
  return document.toString({ lineWidth: 0 });
}

/** The text without the server of this name, which must be there; no longer the default, too. */
export function withoutServer(text: string, name: string): string {
  const document = parse(text);
  const servers = serversOf(document);
  servers.delete(indexOf(servers, name));
  if (document.get('default') === name) document.delete('default');
  return document.toString({ lineWidth: 0 });
}

/** The text with another default. */
export function withDefault(text: string, name: string): string {
  const document = parse(text);
  document.set('default', name);
  return document.toString({ lineWidth: 0 });
}

/** Only texts that were read without fault are edited. */
function parse(text: string): Document {
  const document: Document = parseDocument(text);
  if (!isMap(document.contents)) document.contents = document.createNode({});
  return document;
}

function serversOf(document: Document): YAMLSeq<YAMLMap> {
  const found = document.get('servers');
  if (isSeq(found)) return found as YAMLSeq<YAMLMap>;
  const made = document.createNode([]) as unknown as YAMLSeq<YAMLMap>;
  document.set('servers', made);
  return made;
}

function indexOf(servers: YAMLSeq<YAMLMap>, name: string): number {
  return servers.items.findIndex((item) => isMap(item) && item.get('name') === name);
}

function fieldsOf(server: ServerEntry): object {
  const { name, kind, baseUrl, apiVersion, model, key, keyFromEnv, hosts } = server;
  return {
    name,
    kind,
    url: baseUrl,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(model === undefined ? {} : { model }),
    ...(key === undefined ? {} : { key }),
    ...(keyFromEnv === undefined ? {} : { keyFrom: { env: keyFromEnv } }),
    hosts,
  };
}
