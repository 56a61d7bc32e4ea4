// Runs the tests that ask models and metrics of servers that others wrote: LiteLLM's proxy, aimock, Prometheus. What cannot be
// had is said and its tests are skipped; with --required that is a failure. Other arguments go to vitest:
// npm run test:models -- test/models/litellm.test.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAimock } from './counterparts/aimock.js';
import { findLiteLlm, startLiteLlm } from './counterparts/litellm.js';
import { findPrometheus, startPrometheus } from './counterparts/prometheus.js';
import { runTitled, runVitest } from './run-vitest.js';

const title = 'test:models';
const say = (text) => console.log(`${title}: ${text}`);
const args = process.argv.slice(2).filter((arg) => arg !== '--required');
const isRequired = args.length < process.argv.length - 2;

await runTitled(title, async (signal) => {
  const place = { env: process.env, say, signal };
  const [liteLlm, aimock, prometheus] = await Promise.all([
    findLiteLlm(place),
    findAimock(place),
    findPrometheus(place),
  ]);
  for (const [name, { skipped }] of Object.entries({ LiteLLM: liteLlm, aimock, Prometheus: prometheus })) {
    if (skipped === undefined) continue;
    if (isRequired) throw new Error(`${name} is required: ${skipped}`);
    say(`skipped what needs ${name}: ${skipped}`);
  }
  return testWith({ liteLlm, aimock, prometheus, signal });
});

async function testWith({ liteLlm, aimock, prometheus, signal }) {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-counterparts-'));
  const started = [];
  const start = async (found, begin) => {
    if (found.skipped !== undefined) return undefined;
    const program = await begin({ ...found, directory, signal });
    started.push(program);
    return program;
  };
  try {
    const starting = [start(liteLlm, startLiteLlm), start(prometheus, startPrometheus)];
    // All of them, so that `started` is complete before anything is stopped.
    await Promise.allSettled(starting);
    const [models, metrics] = await Promise.all(starting);
    return await runVitest({ suite: 'models', args, env: environment({ models, metrics, aimock }), signal });
  } finally {
    await Promise.all(started.map((program) => program.stop()));
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What test/models/counterparts.ts reads. */
function environment({ models, metrics, aimock }) {
  return {
    ...(models && { SLUICE_TEST_LITELLM: models.url, SLUICE_TEST_LITELLM_KEY: models.key }),
    ...(metrics && { SLUICE_TEST_PROMETHEUS: metrics.url, SLUICE_TEST_PROMETHEUS_TARGETS: metrics.targets }),
    ...(aimock.entry && { SLUICE_TEST_AIMOCK: aimock.entry }),
  };
}
