import type { EvidenceItem } from './item.ts';
import type { Masker } from './masking/masker.ts';

/**
 * The items masked, their references too. All are looked through first: a secret that shows itself in one is masked in each.
 * Goes before `fitEvidence`. The text of the whole request passes `masker.mask` once more; what is masked stays as it is.
 */
export function maskItems(items: readonly EvidenceItem[], masker: Masker): readonly EvidenceItem[] {
  for (const item of items) masker.learn(item.text);
  return items.map((item) => ({ ...item, ref: masker.mask(item.ref), text: masker.mask(item.text) }));
}
