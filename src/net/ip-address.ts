import { isIPv4, isIPv6 } from 'node:net';

/** The 4 or 16 bytes of an address in its usual spelling; undefined for anything else, a zone (`%eth0`) included. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  return isIPv6(text) && !text.includes('%') ? parseIPv6(text) : undefined;
}

/** Whether the first `bits` bits of both are the same. */
export function hasPrefix(address: Uint8Array, prefix: Uint8Array, bits: number): boolean {
  if (address.length !== prefix.length) return false;
  for (let bit = 0; bit < bits; bit += 8) {
    const mask = bits - bit >= 8 ? 0xff : (0xff << (8 - (bits - bit))) & 0xff;
    if (((address[bit >> 3] ?? 0) & mask) !== ((prefix[bit >> 3] ?? 0) & mask)) return false;
  }
  return true;
}

/** A block such as `10.0.0.0/8`; an address alone is a block of one. Undefined when it is neither. */
export function parseBlock(text: string): { readonly prefix: Uint8Array; readonly bits: number } | undefined {
  const [address = '', length, ...more] = text.split('/');
  const prefix = parseAddress(address);
  if (prefix === undefined || more.length > 0) return undefined;
  const bits = length === undefined ? prefix.length * 8 : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return bits >= 0 && bits <= prefix.length * 8 ? { prefix, bits } : undefined;
}

/** `isIPv6` has said that it is one. */
function parseIPv6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 16 - before.length - after.length }, () => 0);
  return Uint8Array.from([...before, ...zeros, ...after]);
}

function groups(text: string): readonly number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
