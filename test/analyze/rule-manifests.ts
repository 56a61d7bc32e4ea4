import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { parseAllDocuments } from 'yaml';

const folder = join(import.meta.dirname, 'rules');

export interface RuleManifest {
  /** The rule that the file is named for. */
  readonly id: string;
  readonly flagged: readonly KubeObject[];
  readonly fixed: readonly KubeObject[];
}

/** test/analyze/rules/RULE.yaml: a document that only this rule flags, and one with the fix; a `List` where it takes several. */
export function ruleManifests(): readonly RuleManifest[] {
  return readdirSync(folder).map((file) => {
    const [flagged, fixed] = parseAllDocuments(readFileSync(join(folder, file), 'utf8'), {
      version: '1.1',
    }).map((document) => objectsOf(document.toJS() as KubeObject));
    if (flagged === undefined || fixed === undefined) throw new Error(`${file} needs two documents`);
    return { id: file.replace('.yaml', ''), flagged, fixed };
  });
}

function objectsOf(object: KubeObject): readonly KubeObject[] {
  return object.kind === 'List' ? (object['items'] as unknown as readonly KubeObject[]) : [object];
}
