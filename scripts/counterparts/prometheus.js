// Prometheus: the installed one, else that of Debian, unpacked into our cache without being installed.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProgram } from '../control-plane/child-program.js';
import { freePorts } from '../control-plane/free-ports.js';
import { cacheRoot, fillOnce } from '../cached-directory.js';
import { lastLine, runCommand } from './run-command.js';

/** `{ program }`, or `{ skipped: reason }`. */
export async function findPrometheus({ env, say, signal }) {
  const { code } = await runCommand('prometheus', ['--version'], { signal });
  if (code === 0) return { program: 'prometheus' };
  const directory = join(cacheRoot(env), 'counterparts', `prometheus-debian-${process.arch}`);
  const unpack = async (half) => {
    say("unpacking Debian's prometheus, once");
    const failed = await downloadPackage(half, signal);
    if (failed !== undefined) return { skipped: `no prometheus on PATH, and none of Debian (${failed})` };
    const [file] = (await readdir(half)).filter((name) => name.endsWith('.deb'));
    const unpacked = await runCommand('dpkg-deb', ['-x', join(half, file), half], { signal });
    const checked = await runCommand(programIn(half), ['--version'], { signal });
    signal.throwIfAborted();
    return unpacked.code === 0 && checked.code === 0
      ? {}
      : { skipped: `Debian's prometheus does not run here (${lastLine(checked.output)})` };
  };
  const onWait = () => say('another run unpacks prometheus; waiting for it');
  const { skipped } = await fillOnce(directory, unpack, { onWait, signal });
  return skipped === undefined ? { program: programIn(directory) } : { skipped };
}

/** Why it did not come; undefined when it is there. The lists of packages on the machine may be old or absent: then its own. */
async function downloadPackage(directory, signal) {
  const download = (options) =>
    runCommand('apt-get', [...options, 'download', 'prometheus'], { cwd: directory, signal });
  const first = await download([]);
  if (first.code === 0) return undefined;
  const state = join(directory, 'apt');
  await mkdir(join(state, 'lists/partial'), { recursive: true });
  await mkdir(join(state, 'archives/partial'), { recursive: true });
  const options = ['-o', `Dir::State=${state}`, '-o', 'Dir::State::status=/var/lib/dpkg/status'];
  options.push('-o', `Dir::Cache=${state}`, '-o', 'APT::Sandbox::User=');
  const update = await runCommand('apt-get', [...options, 'update'], { cwd: directory, signal });
  if (update.code === undefined) return 'no apt-get';
  const second = await download(options);
  return second.code === 0 ? undefined : lastLine(second.output);
}

/**
 * `{ url, targets, stop }`: Prometheus on 127.0.0.1. It scrapes, five times a second, what the JSON files in the directory
 * `targets` name: `[{ "targets": ["127.0.0.1:9100"], "labels": { "job": "shop" } }]`.
 */
export async function startPrometheus({ program: path, directory, signal }) {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const targets = join(directory, 'targets');
  await mkdir(targets);
  const config = join(directory, 'prometheus.json');
  await writeFile(config, JSON.stringify(configOf(targets)));
  const program = await startProgram({
    name: 'Prometheus',
    path,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    logFile: join(directory, 'prometheus.log'),
    isReady: async () => (await fetch(`${url}/-/ready`)).ok,
    signal,
  });
  return { ...program, url, targets };
}

function configOf(targets) {
  const often = { scrape_interval: '200ms', scrape_timeout: '200ms' };
  const files = [{ files: [join(targets, '*.json')], refresh_interval: '1s' }];
  return { global: often, scrape_configs: [{ job_name: 'unnamed', file_sd_configs: files }] };
}

const programIn = (directory) => join(directory, 'usr/bin/prometheus');
