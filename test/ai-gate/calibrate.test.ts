import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { calibrate } from '../../src/gate/judge/calibration/calibrate.ts';
import {
  readCalibrationCase,
  type CalibrationCase,
} from '../../src/gate/judge/calibration/calibration-case.ts';
import type { Session } from '../../src/runner/session.ts';
import { gateOf, runGate, sessionAt, web } from './run-gate.ts';
import { serveJudge, type Script } from './scripted-judge.ts';

const at = '2026-01-31T12:00:00Z';

function caseOf(name: string, label: 'good' | 'bad', replicas: number): CalibrationCase {
  const object = { ...web, spec: { ...(web['spec'] as object), replicas } };
  const read = readCalibrationCase({ label, objects: [object] }, name);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

/** Says no where there is one replica. */
const attentive: Script = {
  say: (_question, { items }) => {
    const [evidence, { text }] = [...items].find(([, { ref }]) => ref === 'Deployment team/site') ?? [
      '',
      { text: '' },
    ];
    const quote =
      text
        .split('\n')
        .find((line) => line.includes('"replicas"'))
        ?.trim() ?? '';
    return { answer: /"replicas": 1\b/.test(text) ? 'no' : 'yes', quote, evidence };
  },
};

const own: JsonObject = {
  votes: { count: 1 },
  rules: [{ id: 'r', value: { cue: '1' }, pass: { op: '==', value: 2 } }],
};

function judgeIn(session: Session, gate: JsonObject) {
  return async ({ name, properties }: CalibrationCase) =>
    (await runGate(session, { ...gate, ...properties }, name)).verdict;
}

test('labelled cases give a record that the gate then holds to', async () => {
  const server = await serveJudge(attentive);
  const session = await sessionAt(server);
  const cases = [caseOf('a', 'good', 2), caseOf('b', 'bad', 1), caseOf('c', 'bad', 1), caseOf('d', 'bad', 3)];
  const calibrated = await calibrate(cases, judgeIn(session, gateOf(own)), at);
  if (!calibrated.ok) throw new Error(calibrated.message);
  const { record, results } = calibrated;
  expect([record.good, record.bad, record.errors]).toEqual([
    { cases: 1, passed: 1 },
    { cases: 3, refused: 2 },
    0,
  ]);
  expect(record).toMatchObject({ modelAnswered: 'judge-1', at });
  expect(results.filter(({ isMissed }) => isMissed === true).map(({ name }) => name)).toEqual(['d']);
  const demands = {
    set: record as unknown as JsonObject,
    minBadCases: 3,
    minSpecificity: 0.2,
    maxAge: '876000h',
  };
  const judged = await runGate(session, gateOf({ votes: { count: 1 }, calibration: demands }), 'judged');
  expect([judged.verdict.outcome, judged.verdict.judge?.calibration]).toEqual([
    'pass',
    { digest: record.digest, sensitivity: 1, specificity: 0.6667, n: 4, at },
  ]);
  const asked = server.asked.length;
  for (const strict of [
    { votes: { count: 1 }, calibration: { ...demands, required: true, minSpecificity: 0.9 } },
    { votes: { count: 3 }, calibration: { ...demands, required: true } },
  ]) {
    const { verdict } = await runGate(session, gateOf(strict), `strict-${strict.votes.count}`);
    expect([verdict.outcome, verdict.decidedBy]).toEqual(['inconclusive', 'rule']);
    expect(verdict.reasons[0]?.ruleOrQuote).toContain('a calibration is required');
  }
  expect(server.asked).toHaveLength(asked);
});

test('a case without a verdict counts for nothing, and none at all is no calibration', async () => {
  const server = await serveJudge({ sleeps: true }, attentive);
  const session = await sessionAt(server);
  const judge = judgeIn(session, gateOf(own));
  const first = await calibrate([caseOf('a', 'bad', 1)], judge, at);
  expect(first).toMatchObject({
    ok: false,
    message: expect.stringContaining('no case got a verdict: the judge missed'),
  });
  const second = await calibrate([caseOf('b', 'bad', 1)], judge, at);
  expect(second).toMatchObject({ ok: true, record: { bad: { cases: 1, refused: 1 } } });
  expect(await calibrate([], judge, at)).toMatchObject({
    ok: false,
    message: expect.stringContaining('there are no cases'),
  });
});

test('a model that changes under way is no calibration', async () => {
  const server = await serveJudge(attentive, { ...attentive, parts: { model: 'judge-1-2026-01-31' } });
  const judge = judgeIn(await sessionAt(server), gateOf(own));
  expect(await calibrate([caseOf('a', 'bad', 1), caseOf('b', 'bad', 1)], judge, at)).toMatchObject({
    ok: false,
    message: 'the cases were not judged alike: by judge-1 and judge-1-2026-01-31',
  });
});

test.each<readonly [Json, RegExp]>([
  ['bad', /a case is an object/],
  [{ label: 'ugly', objects: [web] }, /must be good or bad/],
  [{ label: 'bad' }, /neither/],
  [{ label: 'bad', objects: web }, /lists of objects/],
  [{ label: 'bad', object: [web] }, /no field `object`/],
])('what is no case: %j', (value, fault) => {
  const read = readCalibrationCase(value, 'x.yaml');
  expect(read).toMatchObject({ ok: false, message: expect.stringMatching(fault) });
});
