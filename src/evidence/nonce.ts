import { createHmac } from 'node:crypto';

/**
 * A mark for a prompt that nobody without `key` can foresee: 24 hex digits. The same key and parts give the same mark, so that
 * a recorded exchange is met again at its replay; parts that differ in anything, also in where one ends, give another.
 */
export function promptNonce(key: string, parts: readonly string[]): string {
  const text = JSON.stringify(['prompt-nonce', ...parts]);
  return createHmac('sha256', key).update(text).digest('hex').slice(0, 24);
}

/** A seed for a model's sampling, from 0 to 2^31 - 1, under the same rule. */
export function promptSeed(key: string, parts: readonly string[]): number {
  const text = JSON.stringify(['prompt-seed', ...parts]);
  return createHmac('sha256', key).update(text).digest().readUInt32BE(0) >>> 1;
}
