import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences, type Outcome } from './outcome.ts';
import { openEnginePlace } from './places/engine-place.ts';
import { openLocalPlace } from './places/local-place.ts';
import { playAll, playedOf, type Place } from './places/place.ts';
import { expectedAt, readRules, readScenarios } from './scenario.ts';

const scenarios = readScenarios();
const files = [...new Set(scenarios.map(({ file }) => file))];

describe.each([
  ['the engine, over a scripted world', openEnginePlace],
  ['the local runner', openLocalPlace],
] as const)('on %s', (_title, open) => {
  let place: Place;
  let outcomes: ReadonlyMap<string, Promise<Outcome>>;
  beforeAll(async () => {
    place = await open();
    outcomes = playAll(place, scenarios, 40);
  });
  afterAll(() => place.close());

  describe.each(files)('%s', (file) => {
    test.each(scenarios.filter((scenario) => scenario.file === file))('$name', async (scenario) => {
      const outcome = await playedOf(outcomes, scenario);
      expect(differences(expectedAt(place.name, scenario), outcome)).toEqual([]);
    });
  });
});

describe('the scenarios', () => {
  const rules = readRules().map(({ rule }) => rule);

  test('have a name of their own', () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });

  test('show every rule', () => {
    const shown = new Set(scenarios.flatMap((scenario) => scenario.rules));
    expect(rules.filter((rule) => !shown.has(rule))).toEqual([]);
    expect([...shown].filter((rule) => !rules.includes(rule))).toEqual([]);
    const counts = rules.map(
      (rule) => `${rule}: ${scenarios.filter((one) => one.rules.includes(rule)).length}`,
    );
    process.stdout.write(`${scenarios.length} scenarios, by rule: ${counts.join(', ')}\n`);
  });

  test('differ from KubeVela where docs/compatibility.md says so', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');
    const reasons = scenarios.flatMap(({ differs }) =>
      differs.kubevela === undefined || differs.kubevela.skip === true ? [] : differs.kubevela.why,
    );
    expect(reasons.filter((why) => !page.includes(why))).toEqual([]);
  });
});
