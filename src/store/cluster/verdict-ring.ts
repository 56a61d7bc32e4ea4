import { createHmac, timingSafeEqual } from 'node:crypto';
import { isObject, parseJson, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { canonicalJson } from '../../api/canonical-json.ts';
import { stillKept, type KeptEntry } from '../../gate/kept-entry.ts';
import type { StoredVerdict } from '../../gate/verdict-store.ts';
import type { DocumentForm } from './shared-document.ts';

/** A verdict with the signature of the installation, '' without one. */
export interface SignedEntry extends KeptEntry {
  readonly signature: string;
}

/** The verdicts of one gate of a namespace, oldest first. */
export type VerdictRing = readonly SignedEntry[];

/** Half of what a ConfigMap holds: its text is sent with each write. */
const limitBytes = 512 * 1024;

/** Over all of the entry, so that whoever may write ConfigMaps can destroy a verdict and not invent one. */
export function sign(key: string, entry: StoredVerdict): string {
  // Through JSON, so that what is signed is what will be read.
  const text = canonicalJson(parseJson(stringifyJson(entry)));
  return createHmac('sha256', key).update(text).digest('hex');
}

export function isSigned(key: string, { entry, signature }: SignedEntry): boolean {
  const [wanted, found] = [Buffer.from(sign(key, entry)), Buffer.from(signature)];
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

/** The ring with an entry more, within its bounds: the texts of policies go first, of the oldest, then the oldest verdicts. */
export function withEntry(ring: VerdictRing, added: SignedEntry, key: string, nowMs: number): VerdictRing {
  const entries = stillKept([...ring, added], nowMs);
  const sized = entries.map((each) => ({ each, bytes: sizeOf(each) }));
  let total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  const slim = sized.map((item, index) => {
    if (total <= limitBytes || index === sized.length - 1) return item;
    const each = withoutPolicyText(item.each, key);
    const bytes = sizeOf(each);
    total -= item.bytes - bytes;
    return { each, bytes };
  });
  const first = slim.findIndex(({ bytes }, index) => {
    if (total <= limitBytes || index === slim.length - 1) return true;
    total -= bytes;
    return false;
  });
  return slim.slice(first).map(({ each }) => each);
}

/** Signed again only where the signature was good: what somebody else put there stays without one. */
function withoutPolicyText(signed: SignedEntry, key: string): SignedEntry {
  const { entry } = signed;
  const { policy } = entry.verdict;
  if (policy.text === null) return signed;
  const slim = { ...entry, verdict: { ...entry.verdict, policy: { ...policy, text: null } } };
  return { ...signed, entry: slim, signature: isSigned(key, signed) ? sign(key, slim) : '' };
}

function sizeOf(entry: SignedEntry): number {
  return Buffer.byteLength(stringifyJson(entry)) + 1;
}

export const ringForm: DocumentForm<VerdictRing> = {
  read(text) {
    const value = text === undefined ? [] : parseOrNothing(text);
    return Array.isArray(value) ? (value as readonly Json[]).flatMap((each) => entryOf(each)) : [];
  },
  write: (ring) => stringifyJson(ring),
};

function parseOrNothing(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return [];
  }
}

/** None for what has not the shape that is relied on; the rest is what the signature vouches for. */
function entryOf(value: Json): readonly SignedEntry[] {
  if (!isObject(value) || typeof value['signature'] !== 'string') return [];
  const { entry, invalid } = value;
  if (!isObject(entry) || !isVerdictLike(entry['verdict'])) return [];
  if (typeof entry['id'] !== 'string' || typeof entry['storedAtMs'] !== 'number') return [];
  return [
    {
      entry: entry as unknown as StoredVerdict,
      signature: value['signature'],
      ...(isObject(invalid) ? { invalid: { by: textOf(invalid, 'by'), why: textOf(invalid, 'why') } } : {}),
    },
  ];
}

function isVerdictLike(value: Json | undefined): boolean {
  return (
    isObject(value) &&
    typeof value['gate'] === 'string' &&
    isObject(value['policy']) &&
    Array.isArray(value['checks'])
  );
}

function textOf(value: JsonObject, field: string): string {
  const found = value[field];
  return typeof found === 'string' ? found : '';
}
