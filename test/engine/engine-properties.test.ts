import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scenario, schedule, violationsUnder } from './properties.ts';
import { World } from './world.ts';

// test/long runs a hundred thousand.
const numRuns = 4000;

describe('any plan under any schedule', () => {
  test('ends, in order, without a doubled effect', () => {
    fc.assert(
      fc.property(scenario, schedule, (planned, choices) => {
        expect(violationsUnder(planned, choices)).toEqual([]);
      }),
      { numRuns },
    );
  });

  test('ends the same when process after process dies', () => {
    fc.assert(
      fc.property(scenario, ({ plan: planned, scripts }) => {
        const { concurrency: _concurrency, ...rest } = planned;
        const plan = { ...rest, handlers: { timeoutMs: 3_600_000 } };
        const calm = new World(plan, scripts);
        expect(calm.run()).toBe(true);
        const troubled = new World(plan, scripts);
        for (let i = 0; i < 2000 && !troubled.isOver; i += 1) {
          // A post that was stored but not answered ends as Unknown on purpose; that is another test's concern.
          const isPosting = troubled.pending.some((effect) => effect.kind === 'perform' && effect.storeFirst);
          if (!isPosting && i % 3 === 0) {
            troubled.save();
            troubled.crash();
            // It may have been all that was left: a post that was never answered.
            if (troubled.isOver) break;
          }
          const effect = troubled.ready[0];
          if (effect === undefined) expect(troubled.wait()).toBe(true);
          else troubled.answer(effect);
        }
        // A deadline, and the end of a verdict, may fall differently, since a crash takes time.
        const isTimed =
          plan.timeoutMs !== undefined ||
          plan.steps.some(
            ({ timeoutMs, requires, retry }) =>
              timeoutMs !== undefined || requires.length > 0 || retry.attemptTimeoutMs !== undefined,
          );
        if (!isTimed) expect(troubled.transcript).toBe(calm.transcript);
      }),
      { numRuns: 500 },
    );
  });
});
