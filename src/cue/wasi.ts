import { webAssembly } from './web-assembly.ts';
import type { WasmImports, WasmMemory, WasmModule } from './web-assembly.ts';

/** The memory of an instance, asked for again at each use: it moves when it grows. */
type GetMemory = () => WasmMemory;
type WasiFunction = (...args: number[]) => number;

const success = 0;
const noSuchCall = 52;

/** Thrown when Go gives up: out of memory, a fatal error. The instance is dead. */
class EngineExit extends Error {
  constructor(code: number, stderr: string) {
    super(`exit ${code}: ${stderr}`);
    this.name = 'EngineExit';
  }
}

/**
 * The part of WASI that a Go module needs once it has started: a clock, randomness, standard error, exit. There are no
 * files and no sockets: every other call fails.
 */
export function wasiImports(module: WasmModule, getMemory: GetMemory): WasmImports {
  const own = wasiFunctions(getMemory);
  const imports: Record<string, unknown> = {};
  for (const { name } of webAssembly.Module.imports(module)) imports[name] = own[name] ?? (() => noSuchCall);
  return { wasi_snapshot_preview1: imports };
}

function wasiFunctions(getMemory: GetMemory): Record<string, unknown> {
  const view = () => new DataView(getMemory().buffer);
  const bytes = (address: number, length: number) => new Uint8Array(getMemory().buffer, address, length);
  const stderr = keepTail(2000);
  return {
    // Only Go's collector reads the clock; CUE has no `now`.
    clock_time_get(_clock: number, _precision: bigint, out: number) {
      view().setBigUint64(out, BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)), true);
      return success;
    },
    random_get(address: number, length: number) {
      crypto.getRandomValues(bytes(address, length));
      return success;
    },
    fd_write(_descriptor: number, vectors: number, count: number, out: number) {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const address = view().getUint32(vectors + 8 * i, true);
        const length = view().getUint32(vectors + 8 * i + 4, true);
        stderr.add(new TextDecoder().decode(bytes(address, length)));
        total += length;
      }
      view().setUint32(out, total, true);
      return success;
    },
    sched_yield: answer(success),
    poll_oneoff(_in: number, _out: number, count: number, out: number) {
      view().setUint32(out, count, true);
      return success;
    },
    proc_exit(code: number) {
      throw new EngineExit(code, stderr.text());
    },
  };
}

function answer(code: number): WasiFunction {
  return () => code;
}

function keepTail(limit: number): { add(text: string): void; text(): string } {
  let kept = '';
  return {
    add: (text) => {
      kept = (kept + text).slice(-limit);
    },
    text: () => kept,
  };
}
