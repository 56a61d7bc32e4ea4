import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { zstdDecompress } from 'node:zlib';
import { findInDocument, type SchemaDocument } from './openapi/schema-document.ts';
import type { KindSchemas } from './openapi/schema.ts';

/** What scripts/generate-openapi.js writes. */
interface Bundle extends SchemaDocument {
  /** Of the Kubernetes that it was read from, such as `1.34`. */
  readonly version: string;
}

/** The kinds of Kubernetes itself, as they come with Sluice. Read from the package at each call. */
export async function openBundledSchemas(): Promise<KindSchemas> {
  // src/cluster/ and dist/cli/ are equally far from it.
  const file = new URL('../../schemas/kubernetes.json.zst', import.meta.url);
  const bundle = JSON.parse(
    new TextDecoder().decode(await promisify(zstdDecompress)(await readFile(file))),
  ) as Bundle;
  return {
    source: `Kubernetes ${bundle.version}`,
    find: async (apiVersion, kind) => findInDocument(bundle, apiVersion, kind),
  };
}
