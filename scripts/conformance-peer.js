// Runs the scenarios of test/conformance on KubeVela's own controller and prints where it differs. What it does otherwise stands
// under `differs.kubevela` of a scenario, with a reason that docs/compatibility.md names; any other difference, and one that is
// no more, fails. KUBEVELA_WORKFLOW_BIN names its binary, KUBEVELA_DEFS a directory with the YAML of its kinds and step types.
import { findPrograms } from './control-plane/find-programs.js';
import { startControlPlane } from './control-plane/start-control-plane.js';
import { runTitled } from './run-vitest.js';

const title = 'conformance-peer';
const say = (text) => console.log(`${title}: ${text}`);

await runTitled(title, async (signal) => {
  const { KUBEVELA_WORKFLOW_BIN: binary = '', KUBEVELA_DEFS: directory = '' } = process.env;
  if (binary === '' || directory === '') {
    say('skipped: KUBEVELA_WORKFLOW_BIN and KUBEVELA_DEFS are not set');
    return 0;
  }
  const programs = await findPrograms({ env: process.env, say, signal });
  if (programs.skipped !== undefined) {
    say(`skipped: ${programs.skipped}`);
    return 0;
  }
  const controlPlane = await startControlPlane({ programs, others: [], hasControllers: false, signal });
  try {
    process.env.SLUICE_TEST_KUBECONFIG = controlPlane.kubeconfig;
    const { comparePeer } = await import('../test/conformance/compare-peer.ts');
    return await comparePeer({ binary, directory, only: process.argv.slice(2), say });
  } finally {
    await controlPlane.stop();
  }
});
