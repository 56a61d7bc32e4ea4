/*
 * The few forms of ASN.1's distinguished encoding that a certificate is made of. Writing them is simple; reading, which is
 * not, is left to node:crypto.
 */

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** One value with its tag and length. */
function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => encode(tags.sequence, ...parts);

export const set = (...parts: readonly Uint8Array[]): Buffer => encode(tags.set, ...parts);

export const octetString = (bytes: Uint8Array): Buffer => encode(tags.octetString, bytes);

export const utf8String = (text: string): Buffer => encode(tags.utf8String, Buffer.from(text, 'utf8'));

export const isTrue: Buffer = Buffer.from([tags.boolean, 1, 0xff]);

/** Not negative, most significant byte first. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const shortest = bytes.subarray(start);
  // A first bit of 1 would make it negative.
  return encode(tags.integer, Buffer.from((shortest[0] ?? 0) & 0x80 ? [0] : []), shortest);
}

/** `unused` bits at the end of the last byte do not belong to it. */
export function bitString(bytes: Uint8Array, unused = 0): Buffer {
  return encode(tags.bitString, Buffer.from([unused]), bytes);
}

/** Such as `2.5.29.17`. */
export function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let more = arc >>> 7; more > 0; more >>>= 7) groups.unshift((more & 0x7f) | 0x80);
    return groups;
  });
  return encode(tags.objectId, Buffer.from(bytes));
}

/** In whole seconds, with two digits for the years before 2050, as certificates have it. */
export function time(atMs: number): Buffer {
  const digits = `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/\D/g, '')}Z`;
  return digits < '2050'
    ? encode(tags.utcTime, Buffer.from(digits.slice(2), 'ascii'))
    : encode(tags.generalizedTime, Buffer.from(digits, 'ascii'));
}

/** A context-specific tag around whole values. */
export const explicit = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  encode(0xa0 | number, ...parts);

/** A context-specific tag in place of the tag of bytes or text. */
export const implicit = (number: number, bytes: Uint8Array): Buffer => encode(0x80 | number, bytes);
