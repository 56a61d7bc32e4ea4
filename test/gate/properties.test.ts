import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { pointsOf, reaches } from '../../src/gate/evaluate/score.ts';
import type { Outcome } from '../../src/gate/outcome.ts';
import type { Sample } from '../../src/gate/evaluate/gate-input.ts';
import { failing, judge, limit, policyOf, sample } from './fixtures.ts';

const outcomes: readonly Outcome[] = ['pass', 'warn', 'inconclusive', 'error', 'fail'];
const badSample: fc.Arbitrary<readonly Sample[]> = fc.constantFrom(
  [],
  [sample()],
  [sample(Number.NaN)],
  [sample(Number.POSITIVE_INFINITY)],
  [sample(null)],
  [sample('none')],
  [sample(1, 1)],
  [failing('down')],
);
const objectiveShape = fc.record({
  weight: fc.integer({ min: 1, max: 1000 }),
  key: fc.boolean(),
  onMissing: fc.constantFrom('fail', 'inconclusive'),
});
const settings: fc.Arbitrary<JsonObject> = fc
  .record({
    pass: fc.integer({ min: 1, max: 100 }),
    minCoverage: fc.integer({ min: 0, max: 100 }),
    onInconclusive: fc.constantFrom('block', 'suspend'),
  })
  .map(({ pass, ...rest }) => ({ ...rest, total: { pass } }));

describe('a gate', () => {
  test('with any key that is missing never passes', () => {
    const shapes = fc.array(objectiveShape, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(shapes, settings, badSample, fc.nat(), (list, rest, bad, at) => {
        const index = at % list.length;
        const policy = policyOf(
          list.map((each, i) => limit(`o${i}`, { ...each, key: each.key || i === index })),
          rest,
        );
        const measured = Object.fromEntries(list.map((_, i) => [`o${i}`, i === index ? bad : [sample(1)]]));
        const verdict = judge(policy, measured, { context: { isInteractive: true } });
        expect(['pass', 'warn']).not.toContain(verdict.outcome);
        expect(verdict.open).toBe(false);
      }),
    );
  });

  test('never goes from not open to open when a value under `>=` gets lower', () => {
    const values = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(60), objectiveShape), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(values, settings, (list, rest) => {
        const policy = policyOf(
          list.map(([, , shape], i) => ({
            id: `o${i}`,
            value: { cue: 'x' },
            pass: { op: '>=', value: 10 },
            warn: { op: '>=', value: 0 },
            ...shape,
          })),
          rest,
        );
        const high = judge(policy, Object.fromEntries(list.map(([value], i) => [`o${i}`, value])));
        const low = judge(
          policy,
          Object.fromEntries(list.map(([value, less], i) => [`o${i}`, value - less])),
        );
        expect(low.open && !high.open).toBe(false);
        expect(outcomes.indexOf(low.outcome)).toBeGreaterThanOrEqual(outcomes.indexOf(high.outcome));
        expect(low.score ?? 0).toBeLessThanOrEqual(high.score ?? 0);
      }),
    );
  });

  test('reaches a threshold exactly where rational arithmetic says so', () => {
    const weighed = fc.record({
      outcome: fc.constantFrom(...outcomes),
      weight: fc.integer({ min: 0, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(
        fc.array(weighed, { maxLength: 200 }),
        fc.integer({ min: 1, max: 100 }),
        (checks, percent) => {
          let [doubled, weight] = [0n, 0n];
          for (const check of checks) {
            weight += BigInt(check.weight);
            if (check.outcome === 'pass') doubled += 2n * BigInt(check.weight);
            if (check.outcome === 'warn') doubled += BigInt(check.weight);
          }
          expect(reaches(pointsOf(checks), percent)).toBe(
            weight > 0n && doubled * 100n >= BigInt(percent) * 2n * weight,
          );
        },
      ),
    );
  });

  test('is open only for a pass, or a warning that was allowed', () => {
    const samples = fc.oneof(
      badSample,
      fc.integer({ min: 0, max: 30 }).map((value) => [sample(value)]),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(objectiveShape, samples), { minLength: 1, maxLength: 5 }),
        settings,
        fc.constantFrom('block', 'suspend', 'pass'),
        (list, rest, onWarn) => {
          const policy = policyOf(
            list.map(([shape], i) => limit(`o${i}`, { ...shape, warn: { op: '<=', value: 20 } })),
            { ...rest, onWarn },
          );
          const verdict = judge(policy, Object.fromEntries(list.map(([, given], i) => [`o${i}`, given])), {
            context: { isInteractive: true },
          });
          expect(verdict.open).toBe(
            verdict.outcome === 'pass' || (verdict.outcome === 'warn' && onWarn === 'pass'),
          );
          if (verdict.counts.evaluated === 0) expect(verdict.open).toBe(false);
          expect(verdict.reasons.length).toBeLessThanOrEqual(5);
        },
      ),
    );
  });
});
