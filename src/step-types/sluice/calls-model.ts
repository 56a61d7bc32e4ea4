import { isObject } from '../../api/json.ts';
import type { Program } from './program.ts';
import type { Tree } from './tree.ts';

/** The address that stands for "the model" in step types that spell it out. */
export const vendorAddress = 'https://api.openai.com/v1/';

/** Whether an op goes to a model: it always does, it says so, or its address is the vendor's. */
export function callsModel({ entries }: Program): boolean {
  return entries.some((entry) => {
    if (entry.kind !== 'op') return false;
    if (entry.spec.callsModel === true) return true;
    if (entry.spec.name !== 'http') return false;
    const [model, url] = [field(entry.params, 'model'), field(entry.params, 'url')];
    return (model?.kind === 'literal' && model.value === true) || startOf(url).startsWith(vendorAddress);
  });
}

function field(tree: Tree, name: string): Tree | undefined {
  if (tree.kind === 'map') return tree.entries.find(({ key }) => key === name)?.tree;
  const value = tree.kind === 'literal' && isObject(tree.value) ? tree.value[name] : undefined;
  return value === undefined ? undefined : { kind: 'literal', value };
}

function startOf(tree: Tree | undefined): string {
  if (tree?.kind === 'literal' && typeof tree.value === 'string') return tree.value;
  const first = tree?.kind === 'text' ? tree.parts[0] : undefined;
  return typeof first === 'string' ? first : '';
}
