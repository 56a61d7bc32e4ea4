import { createHash } from 'node:crypto';

/** Letters and digits that spell no words, as Kubernetes uses them for generated names. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** A UUID that is always the same for the same parts. */
export function derivedUid(...parts: readonly (string | number)[]): string {
  const hex = digest(parts).toString('hex');
  const variant = (Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant.toString(16)}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The end of a generated name. */
export function derivedSuffix(length: number, ...parts: readonly (string | number)[]): string {
  return [...digest(parts).subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** Hexadecimal, 64 digits. */
export function derivedDigest(...parts: readonly (string | number)[]): string {
  return digest(parts).toString('hex');
}

/** A number in [0, below), spread evenly. */
export function derivedNumber(below: number, ...parts: readonly (string | number)[]): number {
  return digest(parts).readUInt32BE(0) % below;
}

function digest(parts: readonly (string | number)[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}
