import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { readReport } from '../../src/gate/reports/read-report.ts';
import type { ReportFinding } from '../../src/gate/reports/report.ts';
import type { Tool } from './check-map.ts';

const run = promisify(execFile);

export interface Peer {
  readonly tool: Tool;
  readonly version: string;
  /** What it finds in a file, with all of its checks on. Throws when it cannot be run or read. */
  findings(file: string): Promise<readonly ReportFinding[]>;
}

/** The tools whose binaries KUBE_LINTER_BIN, KUBE_SCORE_BIN and POLARIS_BIN name; all three are needed for a comparison. */
export async function openPeers(env: NodeJS.ProcessEnv): Promise<readonly Peer[]> {
  const { KUBE_LINTER_BIN: linter = '', KUBE_SCORE_BIN: score = '', POLARIS_BIN: polaris = '' } = env;
  for (const [name, binary] of Object.entries({
    KUBE_LINTER_BIN: linter,
    KUBE_SCORE_BIN: score,
    POLARIS_BIN: polaris,
  }))
    if (binary === '') throw new Error(`${name} does not name a binary`);
  const optional = await optionalTests(score);
  return [
    await openPeer('kube-linter', linter, (file) => ['lint', '--add-all-built-in', '--format', 'json', file]),
    await openPeer('kube-score', score, (file) => [
      'score',
      ...optional.flatMap((id) => ['--enable-optional-test', id]),
      '--output-format',
      'json',
      file,
    ]),
    await openPeer('polaris', polaris, (file) => ['audit', '--audit-path', file, '--format', 'json']),
  ];
}

async function openPeer(
  tool: Tool,
  binary: string,
  words: (file: string) => readonly string[],
): Promise<Peer> {
  return {
    tool,
    version: await versionOf(tool, binary),
    async findings(file) {
      const read = readReport(tool, await output(binary, words(file)));
      if (!read.ok) throw new Error(`${tool} on ${file}: ${read.message}`);
      return read.report.findings;
    },
  };
}

/** A linter that finds something ends with another code than 0, and prints its report all the same. */
async function output(binary: string, words: readonly string[]): Promise<string> {
  try {
    return (await run(binary, words, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string };
    if (stdout === undefined || stdout === '') throw error;
    return stdout;
  }
}

async function optionalTests(kubeScore: string): Promise<readonly string[]> {
  const rows = (await run(kubeScore, ['list'])).stdout.split('\n').map((line) => line.split(','));
  return rows.flatMap((row) => (row.at(-1) === 'optional' && row[0] !== undefined ? [row[0]] : []));
}

/** What it says of itself; of what was built without that, what the Go toolchain wrote into it, or what the environment says. */
async function versionOf(tool: Tool, binary: string): Promise<string> {
  const said = process.env[`${tool.replace('-', '_').toUpperCase()}_VERSION`];
  if (said !== undefined) return said;
  const printed = /\bv?(\d+\.\d+\.\d+)\b/.exec((await run(binary, ['version'])).stdout)?.[1];
  const built = /\nmod\t\S+\tv(\d+\.\d+\.\d+)/.exec(readFileSync(binary, 'latin1'))?.[1];
  return printed ?? built ?? 'development build';
}
