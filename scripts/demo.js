// Runs the four example workflows on the embedded default, as a user would type them, in a state directory of its own.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const stateDir = mkdtempSync(join(tmpdir(), 'sluice-demo-'));
const bin = new URL('../bin/sluice.js', import.meta.url).pathname;
// A key of the machine's owner must not turn a demo into a bill.
const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...env } = process.env;

const acts = [
  [
    'An image that cannot be pulled: the deployment times out, and the next step says why.',
    1,
    'run',
    'examples/chat-gpt-diagnose.yaml',
  ],
  ['Deploy, then audit what was deployed.', 0, 'run', 'examples/chat-gpt-audit.yaml'],
  ['Diagnose if it failed, audit if it went well.', 0, 'run', 'examples/chat-gpt.yaml'],
  [
    'A quality gate: production is reached only with a score above 60. This one is required, so the exit code says so.',
    3,
    'run',
    'examples/chat-gpt-quality-gate.yaml',
    '--require',
    'apply-production',
  ],
  ['Nothing was deployed to production:', 0, 'cluster', 'get', 'deployments', '--cluster', 'prod'],
];

let isAsExpected = true;
for (const [what, expected, ...args] of acts) {
  console.log(`\n# ${what}\n$ sluice ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [bin, ...args, '--state-dir', stateDir], {
    stdio: 'inherit',
    env,
  });
  console.log(`exit code ${status}${status === expected ? '' : `, where ${expected} was expected`}`);
  isAsExpected &&= status === expected;
}
rmSync(stateDir, { recursive: true, force: true });
process.exitCode = isAsExpected ? 0 : 1;
