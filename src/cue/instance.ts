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
  /** Go's start: package initialisation. */
  readonly _initialize: () => void;
  alloc(length: number): number;
  /** Address and length of the answer: upper and lower 32 bits. */
  call(address: number): bigint;
}

// Go collects garbage harder as it nears this, three quarters of the maximum that the module's memory section sets.
const environment = ['GOMEMLIMIT=192MiB'];

export function instantiate(moduleBytes: Uint8Array): Instance {
  const module = new webAssembly.Module(moduleBytes);
  const exports: Exports = new webAssembly.Instance(
    module,
    wasiImports(module, () => exports.memory, environment),
  ).exports as Exports;
  // oxlint-disable-next-line no-underscore-dangle -- the name WASI gives it
  exports._initialize();
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
