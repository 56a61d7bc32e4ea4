import { describeRef } from './object-name.ts';

/** An object that something refers to and that is not there. */
export interface MissingObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['configmap', 'ConfigMap'],
  ['secret', 'Secret'],
  ['serviceaccount', 'ServiceAccount'],
  ['persistentvolumeclaim', 'PersistentVolumeClaim'],
  ['storageclass', 'StorageClass'],
]);

const notFound = new RegExp(
  String.raw`\b(${[...kinds.keys()].join('|')})(?:s?\.[a-z0-9.]{1,100}|s)? "([^"]{1,253})" not found`,
  'i',
);

/** What a message of a kubelet, a scheduler or a provisioner says is not there, such as `secret "db" not found`. */
export function missingIn(message: string, namespace: string | undefined): MissingObject | undefined {
  if (!/not found/i.test(message)) return undefined;
  const [, word = '', name = ''] = notFound.exec(message) ?? [];
  const kind = kinds.get(word.toLowerCase());
  if (kind === undefined) return undefined;
  return { kind, ...(kind === 'StorageClass' || namespace === undefined ? {} : { namespace }), name };
}

export function missingFix(missing: MissingObject): string {
  return `Create ${describeRef(missing)}, or correct its name where it is referred to.`;
}
