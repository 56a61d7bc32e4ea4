import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scenario, schedule, violationsUnder } from '../engine/properties.ts';

/** SLUICE_SCHEDULES and SLUICE_SEED replay or extend a run; both are printed. */
const count = Number(process.env['SLUICE_SCHEDULES'] ?? 100_000);
const seed = Number(process.env['SLUICE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

test('no schedule breaks a promise', { timeout: 600_000 }, () => {
  console.log(`${count} schedules, seed ${seed}`);
  fc.assert(
    fc.property(scenario, schedule, (planned, choices) => {
      const broken = violationsUnder(planned, choices);
      if (broken.length > 0) expect(broken).toEqual([]);
    }),
    { numRuns: count, seed },
  );
});
