import { describe, expect, test } from 'vitest';
import { refuses, says } from '../llm/model-server.ts';
import { findOut } from './find-out.ts';
import { judged, metricGate, type Input } from './inputs.ts';
import { cellOf } from './render-who-opens.ts';

type Case = readonly [string, Omit<Input, 'name'>, string];

const measured = (rest: object, ...values: readonly string[]): Omit<Input, 'name'> => ({
  gate: metricGate(rest as Parameters<typeof metricGate>[0]),
  metrics: [values],
});
const spoilt = (judge: Input['judge'], rest: Parameters<typeof judged>[0] = {}): Omit<Input, 'name'> => ({
  gate: judged({ onInconclusive: 'block', ...rest }),
  ...(judge === undefined ? {} : { judge }),
});
const invented = { answer: 'yes', quote: 'all of it is perfectly safe' } as const;

/** What a gate may meet, beside what stands in the table of who opens. None of it may reach production. */
const cases: readonly Case[] = [
  [
    'an objective with a faulty condition',
    measured({ pass: { op: '~', value: 1 } }, '1'),
    'refused (exit 2)',
  ],
  [
    'a mute of what is not there',
    { gate: metricGate({}, { mute: [{ id: 'none', why: 'x', until: '2099-01-01T00:00:00Z' }] }) },
    'refused (exit 2)',
  ],
  ['a value that is Inf', measured({}, '+Inf'), 'shut (exit 3, fail)'],
  ['a bad value', measured({}, '99'), 'shut (exit 3, fail)'],
  [
    'a value between good and bad',
    measured({ pass: { op: '<', value: 5 }, fail: { op: '>', value: 9 } }, '7'),
    'shut (exit 3, inconclusive)',
  ],
  ['a value in the warning band', measured({ warn: { op: '<', value: 20 } }, '15'), 'shut (exit 3, warn)'],
  [
    'a gate that is frozen',
    {
      gate: metricGate({}, { freeze: { windows: [{ rrule: 'FREQ=DAILY', duration: '48h' }] } }),
      metrics: [['1']],
    },
    'shut (exit 3, fail)',
  ],
  ['a judge whose server fails', spoilt({ reply: refuses(500) }), 'shut (exit 3, error)'],
  ['a judge whose server refuses the key', spoilt({ reply: refuses(401) }), 'shut (exit 3, error)'],
  ['a judge that does not exist', spoilt({ reply: refuses(404) }), 'shut (exit 3, error)'],
  [
    'a judge that never answers',
    spoilt({ reply: () => undefined }, { judge: { params: { timeout: '300ms' } } }),
    'shut (exit 3, error)',
  ],
  [
    'a judge whose window is too small',
    spoilt({ reply: refuses(400, { code: 'context_length_exceeded' }) }),
    'shut (exit 3, error)',
  ],
  [
    'a judge that refuses',
    spoilt({ reply: says({ content: null, refusal: 'I cannot' }) }),
    'shut (exit 3, error)',
  ],
  ['a judge that is cut off', spoilt({ choice: { finish_reason: 'length' } }), 'shut (exit 3, error)'],
  ['a judge that says nothing', spoilt({ reply: says('') }), 'shut (exit 3, error)'],
  ['no judge but the offline engine', spoilt(undefined), 'shut (exit 3, inconclusive)'],
  [
    'an answer with an id too many',
    spoilt({ spoil: (body) => ({ ...body, answers: [...body.answers, { ...body.answers[0], id: 'q99' }] }) }),
    'shut (exit 3, error)',
  ],
  [
    'an answer with an id too few',
    spoilt({ spoil: (body) => ({ ...body, answers: body.answers.slice(1) }) }),
    'shut (exit 3, error)',
  ],
  [
    'an answer with another nonce',
    spoilt({ spoil: (body) => ({ ...body, nonce: '0'.repeat(24) }) }),
    'shut (exit 3, error)',
  ],
  [
    'a quote that nobody wrote',
    spoilt({ say: (_question, { items }) => ({ ...invented, evidence: [...items.keys()][0] ?? '' }) }),
    'shut (exit 3, inconclusive)',
  ],
  ['a judge that says yes to everything', spoilt({ sleeps: true }), 'shut (exit 3, error)'],
  ['a judge that is not sure', spoilt({ say: () => ({ answer: 'unknown' }) }), 'shut (exit 3, inconclusive)'],
  ['another judge than was asked', spoilt({ parts: { model: 'other-1' } }), 'shut (exit 3, inconclusive)'],
  [
    'a judge that was not calibrated where it must be',
    spoilt({}, { calibration: { required: true } }),
    'refused (exit 2)',
  ],
  ['a budget that is too small', spoilt({}, { budget: { calls: 1 } }), 'shut (exit 3, error)'],
];

describe('production gets nothing over', { timeout: 60_000 }, () => {
  test.each(cases)('%s', async (name, input, expected) => {
    expect(cellOf(await findOut({ name, ...input }))).toBe(expected);
  });
});

test('nor behind a gate that was skipped', async () => {
  const gate = { ...metricGate(), if: 'false' };
  // The run ends well: nothing said that it must reach production, as `sluice.dev/require` does.
  const { code, outcome, isDeployed } = await findOut({ name: 'skipped', gate, metrics: [['1']] });
  expect([code, outcome, isDeployed]).toEqual([0, undefined, false]);
});

test('nor when the verdict is too old by then', async () => {
  const pause = { name: 'pause', type: 'suspend', dependsOn: ['check'], properties: { duration: '2s' } };
  const input = {
    name: 'expired',
    gate: metricGate({}, { validFor: '1s' }),
    between: [pause],
    metrics: [['1']],
  };
  expect(cellOf(await findOut(input))).toBe('held back (exit 3)');
});
