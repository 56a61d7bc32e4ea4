// Go sets no maximum on the memory of a module, so a runaway template could take all there is.

const memorySection = 5;

/** The module with `maxPages` (of 64 KiB) as the maximum of its memory. */
export function limitMemory(module, maxPages) {
  for (let at = 8; at < module.length;) {
    const id = module[at];
    const [size, start] = readVarint(module, at + 1);
    if (id === memorySection) {
      const [count, flagsAt] = readVarint(module, start);
      if (count !== 1 || module[flagsAt] !== 0) throw new Error('expected one memory without a maximum');
      const [minPages] = readVarint(module, flagsAt + 1);
      const body = [1, 1, ...varint(minPages), ...varint(maxPages)];
      const section = [memorySection, ...varint(body.length), ...body];
      return Buffer.concat([module.subarray(0, at), Buffer.from(section), module.subarray(start + size)]);
    }
    at = start + size;
  }
  throw new Error('the module declares no memory');
}

function readVarint(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

function varint(value) {
  const bytes = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
