// Builds the CUE engine: Go to WebAssembly, a memory maximum, compression. The result is reproducible byte for byte with
// the Go version named below.
//   node cue/build.js           writes cue/cue.wasm.zst and cue/cue.sha256 (of the raw module)
//   node cue/build.js --check   builds again and compares; skipped, with a word, where there is no such Go
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { limitMemory } from './limit-memory.js';

const goVersion = 'go1.26.8';
const maxPages = 4096; // 256 MiB
const folder = import.meta.dirname;
const artifact = join(folder, 'cue.wasm.zst');
const digestFile = join(folder, 'cue.sha256');

if (process.argv.includes('--check')) check();
else write();

function write() {
  if (installedGo() !== goVersion)
    fail(`building the CUE engine needs ${goVersion}; found ${installedGo() ?? 'no Go'}`);
  const module = compile();
  const compressed = zstdCompressSync(module, {
    params: { [constants.ZSTD_c_compressionLevel]: 22, [constants.ZSTD_c_windowLog]: 25 },
  });
  writeFileSync(artifact, compressed);
  writeFileSync(digestFile, `${digest(module)}  cue.wasm\n`);
  console.log(`${module.length} bytes raw, ${compressed.length} compressed, sha256 ${digest(module)}`);
}

function check() {
  const recorded = readFileSync(digestFile, 'utf8').split(' ')[0];
  const packed = digest(zstdDecompressSync(readFileSync(artifact)));
  if (packed !== recorded)
    fail(`cue.wasm.zst holds a module of sha256 ${packed}, cue.sha256 says ${recorded}`);
  if (installedGo() !== goVersion) {
    console.log(
      `skipped: no Go ${goVersion.slice(2)} (cue.wasm.zst agrees with cue.sha256; its source was not rebuilt)`,
    );
    return;
  }
  const rebuilt = digest(compile());
  if (rebuilt !== recorded)
    fail(`the source in cue/ builds sha256 ${rebuilt}, cue.sha256 says ${recorded}; run node cue/build.js`);
  console.log(`cue.wasm.zst is what the source builds: ${recorded}`);
}

/** The version of the Go to be had without a download other than the toolchain's own. */
function installedGo() {
  const asked = spawnSync('go', ['env', 'GOVERSION'], { cwd: folder, env: goEnv(), encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

function compile() {
  const work = mkdtempSync(join(tmpdir(), 'sluice-cue-'));
  try {
    const out = join(work, 'cue.wasm');
    const flags = [
      '-trimpath',
      '-buildvcs=false',
      '-mod=readonly',
      '-ldflags=-s -w -buildid=',
      '-buildmode=c-shared',
    ];
    const built = spawnSync('go', ['build', ...flags, '-o', out, '.'], {
      cwd: folder,
      env: goEnv(),
      stdio: 'inherit',
    });
    if (built.status !== 0) fail('go build failed');
    return limitMemory(readFileSync(out), maxPages);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function goEnv() {
  return {
    ...process.env,
    GOOS: 'wasip1',
    GOARCH: 'wasm',
    CGO_ENABLED: '0',
    GOTOOLCHAIN: goVersion,
    GOFLAGS: '',
    GOWORK: 'off',
  };
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
