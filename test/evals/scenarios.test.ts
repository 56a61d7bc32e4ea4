import { describe, expect, test } from 'vitest';
import { faultsOf, type Told } from '../../bench/evals/judge.ts';
import { readScenario, readScenarios } from '../../bench/evals/read-scenarios.ts';
import { readFirstResults, regressions } from '../../bench/evals/results-file.ts';
import { runAnalysis } from '../../bench/evals/run-analysis.ts';

const scenarios = readScenarios();

test('what the analyzers got right, they still get right', async () => {
  expect(regressions(await runAnalysis(scenarios))).toEqual([]);
});

test('two looks at the same states give the same results', async () => {
  expect(await runAnalysis(scenarios)).toEqual(await runAnalysis(scenarios));
});

test('there are more than forty, half of them from public reports', () => {
  const published = scenarios.filter(({ source }) => source.url !== undefined);
  expect(scenarios.length).toBeGreaterThan(40);
  expect(published.length * 2).toBeGreaterThanOrEqual(scenarios.length);
});

test('each has a first result', () => {
  const first = readFirstResults();
  expect(scenarios.filter(({ id }) => first[id] === undefined).map(({ id }) => id)).toEqual([]);
});

describe('the judge', () => {
  const silent: Told = {
    verdict: 'healthy',
    consequences: [],
    findings: [],
    notChecked: [],
    judged: new Set(),
  };

  test('does not take silence for the answer to a state that is not healthy', () => {
    const ill = scenarios.filter(({ expect: { verdict } }) => verdict !== 'healthy');
    expect(ill.filter((scenario) => faultsOf(silent, scenario.expect).length === 0)).toEqual([]);
  });

  test('does not take silence for good where nobody looked', () => {
    const quiet = scenarios.filter(({ expect: { mustNotReport } }) => mustNotReport.length > 0);
    expect(quiet.filter((scenario) => faultsOf(silent, scenario.expect).length === 0)).toEqual([]);
  });
});

describe('a file that is no scenario is refused, with its place', () => {
  const head = 'title: T\nsource: { name: own design }\nabout: A\n';
  const rows: readonly (readonly [what: string, text: string, message: string])[] = [
    ['no YAML', 'title: [', 's.yaml:1:9: '],
    [
      'two documents',
      `${head}---\n${head}`,
      's.yaml: the scenario cannot be used: a file holds one scenario',
    ],
    ['no expectation', `${head}state: []\n`, "must have required property 'expect'"],
    ['an unknown field', `${head}state: []\nwhen: now\nexpect: { verdict: healthy }\n`, 's.yaml:5:1: '],
    ['an unknown verdict', `${head}state: []\nexpect: { verdict: bad }\n`, 's.yaml:5:11: '],
    ['a broken state without a root', `${head}state: []\nexpect: { verdict: broken }\n`, 's.yaml:5:1: '],
    [
      'an object without a kind',
      `${head}state: [{ apiVersion: v1, metadata: { name: a } }]\nexpect: { verdict: healthy }\n`,
      's.yaml:4:9: ',
    ],
    [
      'an age that is none',
      `${head}manifests: []\nafter: soon\nexpect: { verdict: healthy }\n`,
      's.yaml:5:1: ',
    ],
  ];

  test.each(rows)('%s', (_what, text, message) => {
    expect(() => readScenario(Buffer.from(text), 's.yaml')).toThrow(message);
  });
});
