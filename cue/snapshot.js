// Takes a Go module past its start: runs its initialisation and some requests at build time, and writes the memory and
// the globals they leave into the module. A worker then starts with packages parsed and tables computed.
// Everything the module could ask the outside for is fixed here, so the result is the same on every machine.
import { readSections, sleb, uleb, writeSections } from './wasm-sections.js';

const section = { memory: 5, global: 6, export: 7, dataCount: 12, data: 11 };
const pageBytes = 64 * 1024;
// Zeros between two runs of bytes cost less inside a segment than a second header does.
const gapBytes = 32;

/** The module as it stands after `requests` (JSON texts); its memory may grow to `maxPages`. */
export function snapshot(module, { requests, environment, maxPages }) {
  const sections = readSections(module);
  const globals = readGlobals(sections.find(({ id }) => id === section.global).body);
  const { memory, values, responses } = run(
    withGlobalsExported(sections, globals.length),
    globals.length,
    requests,
    environment,
  );
  const written = sections
    .filter(({ id }) => id !== section.dataCount)
    .map(({ id, body }) => {
      if (id === section.memory)
        return { id, body: Buffer.from([1, 1, ...uleb(memory.length / pageBytes), ...uleb(maxPages)]) };
      if (id === section.global) return { id, body: globalSection(globals, values) };
      if (id === section.data) return { id, body: dataSection(memory) };
      return { id, body };
    });
  return { module: writeSections(written), responses };
}

function run(bytes, globalCount, requests, environment) {
  const module = new WebAssembly.Module(bytes);
  let memory;
  const instance = new WebAssembly.Instance(
    module,
    fixedWorld(module, () => memory, environment),
  );
  const { exports } = instance;
  memory = exports.memory;
  // oxlint-disable-next-line no-underscore-dangle -- the name WASI gives it
  exports._initialize();
  const responses = requests.map((request) => {
    const text = new TextEncoder().encode(request);
    const address = exports.alloc(text.length) >>> 0;
    new Uint8Array(memory.buffer, address, text.length).set(text);
    const answer = BigInt.asUintN(64, exports.call(address));
    return new TextDecoder().decode(
      new Uint8Array(memory.buffer, Number(answer >> 32n), Number(answer & 0xffffffffn)),
    );
  });
  const values = Array.from({ length: globalCount }, (_, i) => exports[`snapshot${i}`].value);
  return { memory: new Uint8Array(memory.buffer), values, responses };
}

/** WASI without a world: one constant clock, one constant randomness, no files. */
function fixedWorld(module, getMemory, environment) {
  const view = () => new DataView(getMemory().buffer);
  const strings = environment.map((entry) => new TextEncoder().encode(`${entry}\0`));
  let ticks = 0n;
  const known = {
    args_sizes_get: (count, size) => (view().setUint32(count, 0, true), view().setUint32(size, 0, true), 0),
    environ_sizes_get: (count, size) => {
      view().setUint32(count, strings.length, true);
      view().setUint32(
        size,
        strings.reduce((sum, { length }) => sum + length, 0),
        true,
      );
      return 0;
    },
    environ_get: (pointers, buffer) => {
      for (const entry of strings) {
        view().setUint32(pointers, buffer, true);
        new Uint8Array(getMemory().buffer).set(entry, buffer);
        pointers += 4;
        buffer += entry.length;
      }
      return 0;
    },
    clock_time_get: (_clock, _precision, out) => (
      view().setBigUint64(out, (ticks += 1000n) + 1_000_000_000n, true),
      0
    ),
    random_get: (address, length) => {
      for (let i = 0; i < length; i++) view().setUint8(address + i, (i * 131 + 89) & 0xff);
      return 0;
    },
    poll_oneoff: (_in, _out, count, out) => (view().setUint32(out, count, true), 0),
    args_get: () => 0,
    sched_yield: () => 0,
    fd_prestat_get: () => 8,
    fd_fdstat_get: () => 8,
    proc_exit: (code) => {
      throw new Error(`the module ended with code ${code} while its start was recorded`);
    },
  };
  const imports = Object.fromEntries(
    WebAssembly.Module.imports(module).map(({ name }) => [name, known[name] ?? (() => 52)]),
  );
  return { wasi_snapshot_preview1: imports };
}

const constant = { 0x7f: 0x41, 0x7e: 0x42 };

/** Type and mutability of each global; Go declares integers only. */
function readGlobals(body) {
  const globals = [];
  for (let at = 1; at < body.length;) {
    const type = body[at];
    if (constant[type] === undefined || body[at + 2] !== constant[type])
      throw new Error('a global of an unexpected kind');
    globals.push({ type, mutable: body[at + 1] });
    at += 3;
    while (body[at] >= 0x80) at++;
    at += 2;
  }
  return globals;
}

function globalSection(globals, values) {
  const entries = globals.flatMap(({ type, mutable }, i) => [
    type,
    mutable,
    constant[type],
    ...sleb(BigInt(values[i])),
    0x0b,
  ]);
  return Buffer.from([...uleb(globals.length), ...entries]);
}

function withGlobalsExported(sections, count) {
  return writeSections(
    sections.map(({ id, body }) => {
      if (id !== section.export) return { id, body };
      if (body[0] >= 0x7f - count) throw new Error('more exports than expected');
      const added = Array.from({ length: count }, (_, i) => [
        ...uleb(`snapshot${i}`.length),
        ...Buffer.from(`snapshot${i}`),
        3,
        i,
      ]);
      return {
        id,
        body: Buffer.concat([Buffer.from([body[0] + count]), body.subarray(1), Buffer.from(added.flat())]),
      };
    }),
  );
}

function dataSection(memory) {
  const parts = [];
  let count = 0;
  for (const [from, to] of nonZeroRuns(memory)) {
    parts.push(
      Buffer.from([0, 0x41, ...sleb(BigInt(from | 0)), 0x0b, ...uleb(to - from)]),
      memory.subarray(from, to),
    );
    count++;
  }
  return Buffer.concat([Buffer.from(uleb(count)), ...parts]);
}

function* nonZeroRuns(memory) {
  const words = new BigUint64Array(memory.buffer, 0, memory.length / 8);
  const gap = gapBytes / 8;
  for (let i = 0; i < words.length;) {
    if (words[i] === 0n) {
      i++;
      continue;
    }
    let end = i + 1;
    for (let zeros = 0; end + zeros < words.length && zeros < gap;) {
      if (words[end + zeros] === 0n) zeros++;
      else {
        end += zeros + 1;
        zeros = 0;
      }
    }
    yield [i * 8, end * 8];
    i = end;
  }
}
