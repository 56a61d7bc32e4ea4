import type { KubeObject } from '../api/kube-object.ts';
import { objectAt, objectsAt, textAt } from './json-fields.ts';
import { containerSpecsOf, podSpecOf } from './pod-template.ts';
import { quoteText } from './quote-text.ts';
import { isSecretName } from './secret-name.ts';

/**
 * Values that must not be shown: literals of environment variables, and what a Secret holds. Messages of kubelets and
 * programs may repeat them, so every quoted text passes through `quoteMasked`.
 */
export function secretValuesOf(objects: readonly KubeObject[]): readonly string[] {
  const values = new Set<string>();
  for (const object of objects) {
    for (const container of containerSpecsOf(podSpecOf(object) ?? {})) {
      for (const variable of objectsAt(container, 'env')) {
        const value = textAt(variable, 'value');
        // A short literal such as `8080` would blank out half of every message; a short password is still one.
        if (value.length >= 5 || (value.length >= 3 && isSecretName(textAt(variable, 'name'))))
          values.add(value);
      }
    }
    if (object.kind === 'Secret') addSecretData(object, values);
  }
  // Longest first: a value that contains another is replaced whole.
  return [...values].toSorted((a, b) => b.length - a.length);
}

/** More values than this take too long to look for; then nothing is quoted. */
const valueLimit = 1000;
/** Only the beginning of a long text is masked and shown. */
const headLimit = 8192;

/** `quoteText` with all `values` replaced by `***`. */
export function quoteMasked(text: string, values: readonly string[], limit: number = 500): string {
  if (values.length > valueLimit)
    return '(not shown: there are too many environment variables to mask in it)';
  const head = text.slice(0, headLimit);
  let masked = head;
  for (const value of values) if (masked.includes(value)) masked = masked.replaceAll(value, '***');
  if (text.length > headLimit) {
    // A value may have been cut in half at the end of the head; it would start within one length of the end.
    const longest = values[0]?.length ?? 1;
    masked = masked.slice(0, Math.max(masked.length - longest + 1, masked.lastIndexOf('***') + 3));
  }
  return quoteText(masked, limit);
}

function addSecretData(secret: KubeObject, values: Set<string>): void {
  for (const encoded of Object.values(objectAt(secret, 'data'))) {
    if (typeof encoded !== 'string' || encoded.length < 4) continue;
    values.add(encoded);
    const plain = Buffer.from(encoded, 'base64').toString('utf8');
    if (plain.length >= 3) values.add(plain);
  }
  for (const plain of Object.values(objectAt(secret, 'stringData'))) {
    if (typeof plain === 'string' && plain.length >= 3) values.add(plain);
  }
}
