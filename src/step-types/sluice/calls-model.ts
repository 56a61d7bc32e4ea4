import { isObject } from '../../api/json.ts';
import type { Entry, OpEntry, Program } from './program.ts';
import type { Tree } from './tree.ts';

/** The address that stands for "the model" in step types that spell it out. */
export const vendorAddress = 'https://api.openai.com/v1/';

/** Whether an op goes to a model: it always does, it says so, or its address is the vendor's. */
export function callsModel({ entries }: Program): boolean {
  return entries.some(
    (entry) => entry.kind === 'op' && (entry.spec.callsModel === true || isModelCall(entry)),
  );
}

/** What is said of a request to a model whose body nobody has masked. */
export const unmaskedText: string =
  'sends data to a model as it is: of what it holds only the secrets that the run knows are masked';

/** Requests to a model that are written by hand and take nothing from the op `evidence`, which masks. */
export function unmaskedCalls({ entries }: Program): readonly OpEntry[] {
  const masking = new Set(
    entries.filter((entry) => isOp(entry) && entry.spec.name === 'evidence').map(({ id }) => id),
  );
  return entries
    .filter(isOp)
    .filter((entry) => isModelCall(entry) && !entry.reads.some((id) => masking.has(id)));
}

function isOp(entry: Entry): entry is OpEntry {
  return entry.kind === 'op';
}

function isModelCall({ spec, params }: OpEntry): boolean {
  if (spec.name !== 'http') return false;
  const [model, url] = [field(params, 'model'), field(params, 'url')];
  return (model?.kind === 'literal' && model.value === true) || startOf(url).startsWith(vendorAddress);
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
