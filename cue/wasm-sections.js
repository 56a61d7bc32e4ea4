// Reading and writing a WebAssembly module by its sections.

const headerBytes = 8;

export function readSections(module) {
  const sections = [];
  for (let at = headerBytes; at < module.length;) {
    const id = module[at];
    const [size, start] = readUleb(module, at + 1);
    sections.push({ id, body: module.subarray(start, start + size) });
    at = start + size;
  }
  return sections;
}

export function writeSections(sections) {
  const header = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  return Buffer.concat([
    header,
    ...sections.flatMap(({ id, body }) => [Buffer.from([id, ...uleb(body.length)]), body]),
  ]);
}

function readUleb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}

export function uleb(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}

/** Signed, from a bigint. */
export function sleb(value) {
  const bytes = [];
  for (;;) {
    const byte = Number(value & 0x7fn);
    value >>= 7n;
    if ((value === 0n && byte < 0x40) || (value === -1n && byte >= 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}
