import type { SecretMask } from '../api/secret-mask.ts';
import { Masker } from './masking/masker.ts';

/**
 * What makes texts fit to be shown to people: secrets become `***`, those known by value and those that show themselves in
 * any of `texts`; addresses and names stay.
 */
export function secretsHidden(
  texts: readonly string[],
  secrets: readonly SecretMask[],
): (text: string) => string {
  // No pseudonym of a secret is left in the end, so the key says nothing to anybody.
  const masker = new Masker({ key: 'shown', secrets });
  for (const text of texts) masker.learn(text);
  return (text) => masker.unmask(masker.mask(text).replaceAll(ofSecret, '***'));
}

const ofSecret = /<(?:secret|token|private-key|credentials|encoded):[0-9a-f]{6,24}>/g;
