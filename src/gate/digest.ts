import { createHash } from 'node:crypto';
import { canonicalJson } from '../api/canonical-json.ts';

/** `sha256:` and the hex digest of a text in UTF-8. */
export function digestOfText(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

/** Digest of a value's canonical JSON. */
export function digestOf(value: unknown): string {
  return digestOfText(canonicalJson(value));
}
