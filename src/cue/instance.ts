import { wasiImports } from './wasi.ts';
import { webAssembly } from './web-assembly.ts';
import type { WasmMemory } from './web-assembly.ts';

/** One instance of the engine's module: JSON text in, JSON text out. Anything it throws leaves it unusable. */
export interface Instance {
  call(request: string): string;
  memoryBytes(): number;
}

interface Exports {
  readonly memory: WasmMemory;
  alloc(length: number): number;
  /** Address and length of the answer: upper and lower 32 bits. */
  call(address: number): bigint;
}

/** The module comes initialised, packages and all (cue/snapshot.js): nothing of it is to be called first. */
export function instantiate(moduleBytes: Uint8Array): Instance {
  const module = new webAssembly.Module(moduleBytes);
  const exports: Exports = new webAssembly.Instance(
    module,
    wasiImports(module, () => exports.memory),
  ).exports as Exports;
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return {
    call(request) {
      const bytes = encoder.encode(request);
      const address = exports.alloc(bytes.length) >>> 0;
      new Uint8Array(exports.memory.buffer, address, bytes.length).set(bytes);
      const answer = BigInt.asUintN(64, exports.call(address));
      return decoder.decode(
        new Uint8Array(exports.memory.buffer, Number(answer >> 32n), Number(answer & 0xffffffffn)),
      );
    },
    memoryBytes: () => exports.memory.buffer.byteLength,
  };
}
