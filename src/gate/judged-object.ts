import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { JudgedObject } from '../api/kept-verdict.ts';
import { digestOf } from './digest.ts';

/** Labels and annotations that tools put on for themselves; they differ from run to run and say nothing about the content. */
const ownKeys = /^(?:workflowrun\.oam\.dev\/|kubectl\.kubernetes\.io\/last-applied-configuration$)/;

/**
 * An object as a verdict is about it. What a server adds to every object (status, uid, times, field managers) is left out, and
 * so is the cluster: the same manifest has the same digest wherever it is applied. What a server fills in by default does
 * count: give the manifest, not what was read back.
 */
export function judgedObject(manifest: JsonObject, runNamespace: string): JudgedObject {
  const { status: _status, metadata, ...rest } = manifest;
  const meta = isObject(metadata) ? metadata : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const namespace = text(meta['namespace']) || runNamespace;
  const name = text(meta['name']);
  const content = {
    ...rest,
    metadata: {
      name,
      namespace,
      labels: others(meta['labels']),
      annotations: others(meta['annotations']),
      finalizers: meta['finalizers'],
      ownerReferences: meta['ownerReferences'],
    },
  };
  return {
    apiVersion: text(manifest['apiVersion']),
    kind: text(manifest['kind']),
    namespace,
    name,
    digest: digestOf(content),
  };
}

function others(value: Json | undefined): JsonObject {
  if (!isObject(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => !ownKeys.test(key)));
}
