import { randomBytes } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten of [a-z0-9], as KubeVela's step ids. */
export function shortId(): string {
  return Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join('');
}
