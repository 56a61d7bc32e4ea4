// Runs one suite of vitest against real API servers: finds or builds them, starts clusters on 127.0.0.1, runs the
// tests, ends what it started.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runTitled, runVitest } from '../run-vitest.js';
import { findPrograms } from './find-programs.js';
import { startControlPlane } from './start-control-plane.js';

const root = join(import.meta.dirname, '../..');

/**
 * `{ title, suite, args, plane?, env?, onSkipped?, onBuilt?, onEnd? }`: `plane` goes to startControlPlane, `env` to the tests;
 * `onSkipped(reason)` is called where there are no programs, `onBuilt()` when the command line is built, `onEnd()` when
 * the tests have ended. Sets `process.exitCode`.
 */
export async function runSuite({ title, ...options }) {
  const say = (text) => console.log(`${title}: ${text}`);
  await runTitled(title, (signal) => testClusters(options, say, signal));
}

async function testClusters({ plane = {}, onSkipped, onBuilt, onEnd, ...suite }, say, signal) {
  const programs = await findPrograms({ env: process.env, say, signal });
  if (programs.skipped !== undefined) {
    say(`skipped: ${programs.skipped}`);
    onSkipped?.(programs.skipped);
    return 0;
  }
  // The tests run the built command line, which must be that of the source they stand beside.
  const built = spawnSync(process.execPath, [join(root, 'scripts/prepare.js')], { stdio: 'inherit' });
  if (built.status !== 0) throw new Error('the command line does not build');
  onBuilt?.();
  const begun = performance.now();
  const controlPlane = await startControlPlane({ ...plane, programs, signal });
  try {
    say(
      `clusters ${Object.keys(controlPlane.auditLogs).join(', ')} after ${((performance.now() - begun) / 1000).toFixed(1)} s, from ${programs.directory}` +
        (programs.hasControllerManager ? '' : '; no kube-controller-manager there'),
    );
    return await runVitest({
      ...suite,
      env: {
        ...suite.env,
        SLUICE_TEST_KUBECONFIG: controlPlane.kubeconfig,
        SLUICE_TEST_AUDIT_LOGS: JSON.stringify(controlPlane.auditLogs),
        SLUICE_TEST_CONTROLLER_MANAGER: String(programs.hasControllerManager),
      },
      signal,
    });
  } finally {
    await controlPlane.stop();
    onEnd?.();
  }
}
