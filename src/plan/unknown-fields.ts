import type { FieldReader } from './field-reader.ts';
import { nearest } from '../step-types/nearest.ts';

/**
 * Words of other workflow tools. A guard or an order that is dropped without a word is worse than a refused run, so these
 * are errors like misspelt fields.
 */
const foreignFields: Readonly<Record<string, string>> = {
  when: 'if',
  condition: 'if',
  needs: 'dependsOn',
  depends_on: 'dependsOn',
  dependencies: 'dependsOn',
  after: 'dependsOn',
  with: 'properties',
  params: 'properties',
  parameters: 'properties',
  parameter: 'properties',
  retries: 'retry',
  steps: 'subSteps',
};

/** More unknown fields than this are no misspelt ones, and comparing each with the known ones takes time. */
const mostKeys = 500;

/** KubeVela's API server drops unknown fields; a field that reads like a known one is an error here, any other a warning. */
export function reportUnknownFields(reader: FieldReader, known: readonly string[]): void {
  const unknown = Object.keys(reader.value).filter((key) => !known.includes(key));
  for (const key of unknown.slice(0, mostKeys)) {
    const meant = misspelt(key, known);
    const at = reader.document.locate([...reader.path, key], 'key');
    if (meant !== undefined)
      reader.faults.add('UnknownField', at, `unknown field "${key}"`, { suggestion: meant });
    else reader.faults.warn('UnknownField', at, `unknown field "${key}" has no effect; remove it`);
  }
}

function misspelt(key: string, known: readonly string[]): string | undefined {
  const foreign = Object.hasOwn(foreignFields, key) ? foreignFields[key] : undefined;
  if (foreign !== undefined && known.includes(foreign)) return foreign;
  const near = nearest(key, known);
  if (near === undefined || near.length > 3) return near;
  // Almost any short word is near `if`: only another case or order of its letters counts.
  return sortedLetters(near) === sortedLetters(key) ? near : undefined;
}

function sortedLetters(text: string): string {
  return text.toLowerCase().split('').toSorted().join('');
}
