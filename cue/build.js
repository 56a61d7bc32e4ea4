// Builds the CUE engine: Go to WebAssembly, the host packages and a maximum of memory written into it, compression.
// The result is the same byte for byte with the Go version named below.
//   node cue/build.js           writes cue/cue.wasm.zst and cue/cue.sha256 (of the module before compression)
//   node cue/build.js --check   builds again and compares; skipped, with a word, where there is no such Go
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { snapshot } from './snapshot.js';
import { warmUp } from './warm-up.js';

const goCommand = 'go';
const goVersion = 'go1.26.8';
// 256 MiB. Go collects harder as it nears three quarters of it. Little of the heap lives on (4 MiB), so that at Go's own
// pace a third of the time went into collecting; as it is, nearly all of it is collected between calls (tidy).
const maxPages = 4096;
const environment = ['GOMEMLIMIT=192MiB', 'GOGC=800'];

const folder = import.meta.dirname;
const artifact = join(folder, 'cue.wasm.zst');
const digestFile = join(folder, 'cue.sha256');

if (process.argv.includes('--check')) check();
else write();

function write() {
  if (installedGo() !== goVersion) {
    fail(`building the CUE engine needs ${goVersion}; found ${installedGo() ?? 'no Go'}`);
  }
  const module = build();
  const compressed = zstdCompressSync(module, {
    params: { [constants.ZSTD_c_compressionLevel]: 22, [constants.ZSTD_c_windowLog]: 25 },
  });
  writeFileSync(artifact, compressed);
  writeFileSync(digestFile, `${digest(module)}  cue.wasm\n`);
  console.log(`${module.length} bytes, ${compressed.length} compressed, sha256 ${digest(module)}`);
}

function check() {
  const recorded = readFileSync(digestFile, 'utf8').split(' ')[0];
  const packed = digest(zstdDecompressSync(readFileSync(artifact)));
  if (packed !== recorded)
    fail(`cue.wasm.zst holds a module of sha256 ${packed}, cue.sha256 says ${recorded}`);
  if (installedGo() !== goVersion) {
    console.log(
      `skipped: no Go ${goVersion.slice(2)} (cue.wasm.zst agrees with cue.sha256; the source was not rebuilt)`,
    );
    return;
  }
  const rebuilt = digest(build());
  if (rebuilt !== recorded) {
    fail(`the source in cue/ builds sha256 ${rebuilt}, cue.sha256 says ${recorded}; run node cue/build.js`);
  }
  console.log(`cue.wasm.zst is what the source builds: ${recorded}`);
}

/** The version that `go` runs as here; undefined where there is none, and none can be had. */
function installedGo() {
  const asked = spawnSync(goCommand, ['env', 'GOVERSION'], { cwd: folder, env: goEnv(), encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
}

function build() {
  const { module, responses } = snapshot(compile(), { requests: warmUp(), environment, maxPages });
  const faults = responses.filter((response) => response.includes('"problems"'));
  if (faults.length > 0) fail(`a request of warm-up.js failed: ${faults[0]}`);
  return module;
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
    const built = spawnSync(goCommand, ['build', ...flags, '-o', out, '.'], {
      cwd: folder,
      env: goEnv(),
      stdio: 'inherit',
    });
    if (built.status !== 0) fail('go build failed');
    return readFileSync(out);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function goEnv() {
  const target = { GOOS: 'wasip1', GOARCH: 'wasm', GOWASM: '', CGO_ENABLED: '0' };
  return { ...process.env, ...target, GOTOOLCHAIN: goVersion, GOFLAGS: '', GOEXPERIMENT: '', GOWORK: 'off' };
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
