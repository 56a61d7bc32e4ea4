import type { SecretMask } from '../api/secret-mask.ts';
import type { Diagnosis } from '../analyze/diagnose.ts';
import type { Finding, FindingObject } from '../analyze/finding.ts';
import type { ObjectName } from './masking/object-names.ts';
import { compareText } from '../cluster/object-order.ts';

/** In the order of what a judge needs first; the last are cut first. */
export const itemKinds = [
  'note',
  'finding',
  'log',
  'containers',
  'events',
  'object',
  'metrics',
  'text',
  'change',
  'owner',
] as const;

export type ItemKind = (typeof itemKinds)[number];

/** One piece of evidence. */
export interface EvidenceItem {
  readonly kind: ItemKind;
  /** Says what it is of, unique in its bundle: `Deployment default/web`, `previous log of web in Pod default/web-7d4`. */
  readonly ref: string;
  readonly text: string;
}

/** All that is known about one object, not yet masked or cut. */
export interface EvidenceBundle {
  readonly target: FindingObject;
  readonly items: readonly EvidenceItem[];
  /** What the rules found, causes first; not masked either. */
  readonly findings: readonly Finding[];
  /** How the object does; absent where it could not be read. */
  readonly diagnosis?: Diagnosis;
  /** The objects over it, nearest first. */
  readonly owners: readonly FindingObject[];
  /** What it owns, and the Pods that a Service selects. */
  readonly parts: readonly FindingObject[];
  /** What is known and not shown: sentences in annotations. To be looked through for text that steers. */
  readonly unshown: readonly EvidenceItem[];
  /** Values that the objects themselves call secret. Cannot be printed. */
  readonly secrets: SecretMask;
  /** What `--anonymize` replaces. */
  readonly names: readonly ObjectName[];
}

/** The one order of a bundle, whatever order its parts came in. */
export function compareItems(a: EvidenceItem, b: EvidenceItem): number {
  return (
    itemKinds.indexOf(a.kind) - itemKinds.indexOf(b.kind) ||
    compareText(a.ref, b.ref) ||
    compareText(a.text, b.text)
  );
}

/** Two items of one reference could not be told apart in an answer: the second one gets a number. */
export function uniqueRefs(items: readonly EvidenceItem[]): readonly EvidenceItem[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const count = (seen.get(item.ref) ?? 0) + 1;
    seen.set(item.ref, count);
    return count === 1 ? item : { ...item, ref: `${item.ref} (${count})` };
  });
}
