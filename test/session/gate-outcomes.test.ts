import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { Session } from '../../src/runner/session.ts';
import {
  clean,
  config,
  ending,
  isZero,
  messageOf,
  objective,
  runGate,
  verdictOf,
  type RunParts,
} from './gate-run.ts';
import { openTestSession, type Executed } from './open-test-session.ts';

let session: Session;
beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

function run(properties: JsonObject, parts?: RunParts): Promise<Executed> {
  return runGate(session, properties, parts);
}

function judgeOne(value: JsonObject, rest: JsonObject = {}, more: JsonObject = {}): Promise<Executed> {
  return run({ objectives: [objective(value, rest)], ...more });
}

const timeout = 30_000;

describe('what opens', { timeout }, () => {
  test.each<readonly [string, JsonObject, JsonObject, JsonObject]>([
    ['a value that is good', { cue: 'values.failed' }, {}, { values: { failed: 0 } }],
    ['CUE of more than a path', { cue: 'len(values.list) - 2' }, {}, { values: { list: [1, 2] } }],
    ['CUE over the subject', { cue: 'subject.spec.replicas - 1' }, {}, {}],
    ['CUE over the run', { cue: 'context.stepName' }, { pass: { cue: 'value == "check"' } }, {}],
    [
      'a condition in CUE',
      { cue: 'values.version' },
      { pass: { cue: 'value =~ "^1[.]"' } },
      { values: { version: '1.4' } },
    ],
    ['an audit within its limit', { findings: { from: 'audit', severity: 'critical' } }, {}, {}],
    ['a report without findings', { findings: { from: 'lint' } }, {}, { reports: { lint: { text: clean } } }],
  ])('%s', async (_name, value, rest, more) => {
    const executed = await judgeOne(value, rest, more);
    expect([ending(executed), messageOf(executed)]).toEqual(['succeeded pass open', '']);
    expect(executed.view.phase).toBe('succeeded');
  });
});

describe('what stays shut, and says why', { timeout }, () => {
  const none = { findings: { from: 'lint' } };
  test.each<readonly [string, JsonObject, JsonObject, JsonObject, string, RegExp]>([
    ['a bad value', { cue: 'values.n' }, {}, { values: { n: 1 } }, 'fail', /a: value == 0 does not hold/],
    ['a value that is not there', { cue: 'values.n' }, {}, { values: {} }, 'fail', /there is no data/],
    ['null', { cue: 'values.n' }, {}, { values: { n: null } }, 'fail', /the value is null/],
    [
      'a text where a number is meant',
      { cue: 'values.n' },
      {},
      { values: { n: 'none' } },
      'fail',
      /"none" is not/,
    ],
    [
      'no value, where that leaves it open',
      { cue: 'values.n' },
      { onMissing: 'inconclusive' },
      { values: {} },
      'inconclusive',
      /there is no data/,
    ],
    ['a list', { cue: 'values.n' }, {}, { values: { n: [0] } }, 'error', /gives a list/],
    [
      'CUE that cannot be evaluated',
      { cue: 'values.n + "x"' },
      {},
      { values: { n: 1 } },
      'error',
      /CUE values.n/,
    ],
    ['a name that nobody knows', { cue: 'secrets.n' }, {}, {}, 'error', /CUE secrets.n/],
    [
      'a condition that is neither true nor false',
      { cue: 'values.n' },
      { pass: { cue: 'value + 1' } },
      { values: { n: 1 } },
      'error',
      /did not come to true or false/,
    ],
    ['findings', { findings: { from: 'audit' } }, {}, {}, 'fail', /a: value == 0 does not hold/],
    [
      'nothing that could be audited',
      { findings: { from: 'audit' } },
      {},
      { subject: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'limits' } } },
      'fail',
      /no data/,
    ],
    [
      'an audit of a digest',
      { findings: { from: 'audit' } },
      {},
      { subject: { apiVersion: 'v1', kind: 'Pod', name: 'x', digest: `sha256:${'0'.repeat(64)}` } },
      'error',
      /by their digest alone: give the manifests/,
    ],
    [
      'a subject that is not there',
      { findings: { from: 'diagnose' } },
      {},
      {},
      'error',
      /Deployment default\/web is not there/,
    ],
    [
      'a report of nothing',
      none,
      {},
      { reports: { lint: { text: '{"a":1}' } } },
      'error',
      /none of the formats/,
    ],
    [
      'a report over no object',
      none,
      {},
      { reports: { lint: { format: 'kube-linter', text: '{"Checks":[],"Reports":[],"Summary":{}}' } } },
      'fail',
      /no data/,
    ],
    [
      'a tool that was not run to its end',
      none,
      {},
      { reports: { lint: { text: clean, exit: 137 } } },
      'error',
      /not run to its end/,
    ],
    [
      'an object that nobody made',
      { external: { ref: 'apps/v1/Deployment/none#Available' } },
      {},
      {},
      'fail',
      /there is no data/,
    ],
    [
      'a freeze',
      { cue: '0' },
      {},
      { freeze: { windows: [{ rrule: 'FREQ=DAILY', duration: '48h', why: 'audit' }] } },
      'fail',
      /frozen: audit/,
    ],
    [
      'a warning',
      { cue: 'values.n' },
      { warn: { op: '<', value: 5 } },
      { values: { n: 3 } },
      'warn',
      /only value < 5 holds/,
    ],
    [
      'no baseline',
      { cue: '1' },
      { pass: { of: 'percent', op: '<=', value: 10 }, compare: {} },
      {},
      'inconclusive',
      /no earlier passed run/,
    ],
  ])('%s', async (_name, value, rest, more, outcome, says) => {
    const executed = await judgeOne(value, rest, more);
    expect(ending(executed)).toBe(`failed/Action ${outcome} shut`);
    expect(messageOf(executed)).toMatch(says);
    expect(messageOf(executed).length).toBeLessThanOrEqual(500);
    expect(executed.view.isGateClosed).toBe(true);
  });

  test('a key that fails, whatever the score', async () => {
    const objectives = [
      { id: 'key', value: { cue: '1' }, pass: isZero, key: true },
      { id: 'rest', value: { cue: '0' }, pass: isZero, weight: 99 },
    ];
    const executed = await run({ objectives, total: { pass: 50 } });
    expect(ending(executed)).toBe('failed/Action fail shut');
    expect((await verdictOf(session, executed)).decidedBy).toBe('key');
  });

  test('the timeout of the step, before there is a verdict', async () => {
    const samples = { count: 2, interval: '1h' };
    const objectives = [objective({ cue: '0' }, { samples })];
    const executed = await run({ objectives, deadline: '2h' }, { step: { timeout: '1s' } });
    expect(ending(executed)).toBe('failed/Timeout undefined shut');
    expect(messageOf(executed)).toBe('timed out after 1s: measuring a: 1 of 2');
  });
});

describe('policies', { timeout }, () => {
  const warm = objective({ cue: 'values.n' }, { warn: { op: '<', value: 5 } });

  test.each([
    ['block', 'failed/Action warn shut'],
    ['suspend', 'failed/Action warn shut'],
    ['pass', 'succeeded warn open'],
  ])('a warning with onWarn: %s, where nobody can be asked', async (onWarn, expected) => {
    const executed = await run({ objectives: [warm], onWarn, values: { n: 3 } });
    expect(ending(executed)).toBe(expected);
  });

  test('one that only observes neither opens nor blocks', async () => {
    const executed = await run({ objectives: [objective({ cue: '1' })], mode: 'observe' });
    expect(ending(executed)).toBe('succeeded fail shut');
    expect(executed.view.phase).toBe('succeeded');
  });

  test('a mute is counted in public, and what it mutes does not decide', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const objectives = [objective({ cue: '1' }), { id: 'b', value: { cue: '0' }, pass: isZero }];
    const executed = await run({ objectives, mute: [{ id: 'a', why: 'known', until }] });
    expect(ending(executed)).toBe('succeeded pass open');
    expect((await verdictOf(session, executed)).counts).toMatchObject({ total: 2, evaluated: 1, muted: 1 });
    const log = executed.logs.map(({ text }) => text).join('\n');
    expect(log).toMatch(/fail \(muted\) +a +1 .*muted until/);
  });

  test('one that an input makes impossible is an error that says what is wrong', async () => {
    const executed = await run(
      { subject: config },
      {
        before: [
          {
            name: 'give',
            type: 'suspend',
            properties: { duration: '1ms', message: 'x' },
            outputs: [
              {
                name: 'list',
                valueFrom: '[{id: "a", value: {cue: "1"}, pass: {op: "<", value: 3}, key: true, weight: 0}]',
              },
            ],
          },
        ],
        step: { inputs: [{ from: 'list', parameterKey: 'objectives' }] },
      },
    );
    expect(ending(executed)).toBe('failed/Action error shut');
    expect(messageOf(executed)).toMatch(/objectives\[0\]\.key: a key objective must count/);
  });
});
