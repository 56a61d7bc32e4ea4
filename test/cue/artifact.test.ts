import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';

const folder = new URL('../../cue/', import.meta.url);
const module = zstdDecompressSync(readFileSync(new URL('cue.wasm.zst', folder)));

test('the artifact is the one that cue.sha256 names', () => {
  const recorded = readFileSync(new URL('cue.sha256', folder), 'utf8');
  expect(`${createHash('sha256').update(module).digest('hex')}  cue.wasm\n`).toBe(recorded);
});

test('its memory cannot grow beyond 256 MiB', () => {
  expect(memorySection()).toMatchObject({ hasMaximum: 1, maxPages: 4096 });
});

test('it holds no path of the machine that built it', () => {
  const text = module.toString('latin1');
  expect(text.match(/\/(?:home|root|Users|tmp|work|go\/pkg\/mod)\/[\w.@/-]+/g) ?? []).toEqual([]);
});

function memorySection(): { hasMaximum: number | undefined; maxPages: number } {
  for (let at = 8; at < module.length;) {
    const id = module[at];
    const [size, start] = varint(at + 1);
    if (id === 5) {
      const [, maxAt] = varint(start + 2);
      return { hasMaximum: module[start + 1], maxPages: varint(maxAt)[0] };
    }
    at = start + size;
  }
  throw new Error('the module declares no memory');
}

function varint(at: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = module[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
