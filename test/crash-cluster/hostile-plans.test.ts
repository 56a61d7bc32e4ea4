import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openAdmission } from '../../src/controller/admission/open-admission.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCatalog } from '../../src/step-types/catalog.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import { hostileRun } from './hostile-run.ts';
import { choose, randomOf, report, seed } from './options.ts';

/** The same runs as `hostile runs`, in this process: as an API server without our CRDs would give them to the controller. */
const inputs = Number(process.env['SLUICE_CRASH_PLANS'] ?? choose(3000, 100_000));
/** A plan of an ordinary run takes a millisecond; this one is for the worst of them, on a machine that does other things. */
const limitMs = 2000;

const cue = openCueEngine({ ops: opSpecs });
const compiler = openCueCompiler(cue);
const catalog = openCatalog({ sources: await readBuiltInSources(), ops: opSpecs, cue: compiler });
afterAll(() => cue.close());

describe(`hostile runs in one process (seed ${seed})`, () => {
  test(`${inputs} inputs are refused in words, or planned`, { timeout: 24 * 3_600_000 }, async () => {
    const validate = openAdmission({
      ops: opSpecs,
      cue: compiler,
      expressions: cue,
      stepTypes: () => catalog,
      packages: () => [],
      workflow: async () => undefined,
      pausesMs: [],
    });
    // CUE is loaded by the first that needs it.
    await cue.warm();
    let [refused, longestMs, totalMs, slow] = [0, 0, 0, 0];
    let slowest = '';
    for (let i = 0; i < inputs; i += 1) {
      const name = `hostile-${i}`;
      const run = hostileRun(name, randomOf(name), 'http://127.0.0.1:1') as JsonObject;
      const begunMs = performance.now();
      const faults = await validate(run, 'default');
      const tookMs = performance.now() - begunMs;
      totalMs += tookMs;
      if (tookMs > 100) slow += 1;
      if (tookMs > longestMs) [longestMs, slowest] = [tookMs, name];
      const errors = faults.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) refused += 1;
      for (const { message } of errors)
        if (message === '') throw new Error(`${name} is refused without a word`);
    }
    report({
      row: 8,
      name: `${inputs} in one process`,
      cases: inputs,
      notes: `${refused} refused, ${inputs - refused} planned; ${(totalMs / inputs).toFixed(1)} ms each, ${slow} took over 100 ms, ${slowest} ${longestMs.toFixed(0)} ms`,
    });
    expect(longestMs).toBeLessThan(limitMs);
    expect(inputs - refused).toBeGreaterThan(inputs / 20);
  });
});
