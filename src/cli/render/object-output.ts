import type { JsonObject } from '../../api/json.ts';
import { stringifyJson } from '../../api/json.ts';

export type ObjectFormat = 'json' | 'yaml';

/** An object as JSON or YAML text, ending in a line feed. */
export async function objectText(object: unknown, format: ObjectFormat): Promise<string> {
  if (format === 'json') return `${stringifyJson(object as JsonObject, 2)}\n`;
  const { stringify } = await import('yaml');
  // Quoted so that readers of YAML 1.1 (kubectl) and 1.2 agree on what is text.
  return stringify(object, { schema: 'yaml-1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}

/** kubectl's wrapping of several objects. */
export function listObject(items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items };
}
