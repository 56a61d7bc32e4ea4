import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { faultsOf, limit, policyOf } from './fixtures.ts';

const gate = (objective: JsonObject, rest: JsonObject = {}): JsonObject => ({
  subject: 'render',
  objectives: [objective],
  ...rest,
});
const day = (count: number): string => new Date(Date.UTC(2026, 10, 21 + count)).toISOString();
const mute = (rest: JsonObject = {}): JsonObject => ({ id: 'a', why: 'known', until: day(30), ...rest });
const two = [limit('a'), limit('b')];

const refused: readonly (readonly [string, Json, readonly string[]])[] = [
  ['nothing at all', null, [' InvalidParameter']],
  ['no objective', { subject: 'x', objectives: [] }, ['objectives InvalidParameter']],
  ['no subject', { objectives: [limit('a')] }, ['subject MissingParameter']],
  ['an unknown field', gate(limit('a'), { treshold: 5 }), ['treshold UnknownParameter']],
  ['two of one id', { subject: 'x', objectives: [limit('a'), limit('a')] }, ['objectives[1].id DuplicateId']],
  [
    'a key with weight 0',
    gate(limit('a', { key: true, weight: 0 })),
    ['objectives[0].key KeyWithoutWeight', 'objectives NothingCounted'],
  ],
  ['only information', gate({ id: 'a', value: { cue: 'x' }, info: true }), ['objectives NothingCounted']],
  [
    'information with weight',
    { subject: 'x', objectives: [limit('a', { info: true, weight: 2 }), limit('b')] },
    ['objectives[0].weight InfoWithWeight'],
  ],
  ['no condition', gate({ id: 'a', value: { cue: 'x' } }), ['objectives[0] PassMissing']],
  [
    'only a failure condition',
    gate({ id: 'a', value: { cue: 'x' }, fail: { op: '>', value: 5 } }),
    ['objectives[0] PassMissing'],
  ],
  ['no source', gate(limit('a', { value: {} })), ['objectives[0].value NotOneSource']],
  [
    'two sources',
    gate(limit('a', { value: { cue: 'x', external: { ref: 'v1/Pod/y#Ready' } } })),
    ['objectives[0].value NotOneSource'],
  ],
  ['half a condition', gate(limit('a', { pass: { op: '>' } })), ['objectives[0].pass IncompleteCondition']],
  [
    'both forms of condition',
    gate(limit('a', { pass: { op: '>', value: 1, cue: 'x' } })),
    ['objectives[0].pass AmbiguousCondition'],
  ],
  [
    'warn as strict as pass',
    gate(limit('a', { warn: { op: '<=', value: 10 } })),
    ['objectives[0].warn WarnNotBelowPass'],
  ],
  [
    'warn stricter than pass',
    gate(limit('a', { warn: { op: '<', value: 5 } })),
    ['objectives[0].warn WarnNotBelowPass'],
  ],
  [
    'warn the other way',
    gate(limit('a', { warn: { op: '>', value: 5 } })),
    ['objectives[0].warn WarnLooksElsewhere'],
  ],
  [
    'total warn at pass',
    gate(limit('a'), { total: { pass: 90, warn: 90 } }),
    ['total.warn WarnNotBelowPass'],
  ],
  ['a total that nothing misses', gate(limit('a'), { total: { pass: 0 } }), ['total.pass InvalidParameter']],
  ['missing ignored', gate(limit('a', { onMissing: 'ignore' })), ['objectives[0].onMissing MissingIgnored']],
  [
    'cannot fail',
    gate(limit('a', { samples: { count: 3, interval: '1s', failureLimit: 3 } })),
    ['objectives[0].samples.failureLimit CannotFail'],
  ],
  [
    'cannot pass',
    gate(limit('a', { samples: { count: 3, interval: '1s', consecutiveSuccess: 4 } })),
    ['objectives[0].samples.consecutiveSuccess CannotPass'],
  ],
  ['no interval', gate(limit('a', { samples: { count: 3 } })), ['objectives[0].samples.interval NoInterval']],
  [
    'longer than the deadline',
    gate(limit('a', { samples: { count: 11, interval: '1m' } })),
    ['objectives[0].samples PastDeadline'],
  ],
  [
    'percent without a rule',
    gate(limit('a', { pass: { of: 'percent', op: '<=', value: 10 } })),
    ['objectives[0].pass NoBaselineRule'],
  ],
  ['a comparison nobody uses', gate(limit('a', { compare: {} })), ['objectives[0].compare UnusedComparison']],
  [
    'absolute with nothing absolute',
    gate(limit('a', { pass: { of: 'change', op: '<=', value: 1 }, compare: { onNoBaseline: 'absolute' } })),
    ['objectives[0].compare.onNoBaseline NothingAbsolute'],
  ],
  ['a mute of nothing', gate(limit('b'), { mute: [mute()] }), ['mute[0].id MuteOfNothing']],
  [
    'a mute too long',
    { subject: 'x', objectives: two, mute: [mute({ until: day(92) })] },
    ['mute[0].until MuteTooLong'],
  ],
  [
    'a mute until no time',
    { subject: 'x', objectives: two, mute: [mute({ until: '2027-02-30T00:00:00Z' })] },
    ['mute[0].until NotATime'],
  ],
  ['all muted', gate(limit('a'), { mute: [mute()] }), ['mute NothingCounted']],
  ['a mute twice', { subject: 'x', objectives: two, mute: [mute(), mute()] }, ['mute[1].id DuplicateMute']],
  ['valid for no time', gate(limit('a'), { validFor: '0' }), ['validFor NoTime']],
  [
    'a rule of windows half understood',
    gate(limit('a'), { freeze: { windows: [{ rrule: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=FR', duration: '1h' }] } }),
    ['freeze.windows[0].rrule BadRecurrence'],
  ],
  [
    'an unknown zone',
    gate(limit('a'), { freeze: { windows: [{ rrule: 'FREQ=DAILY', tz: 'Mars/Olympus', duration: '1h' }] } }),
    ['freeze.windows[0].tz UnknownTimeZone'],
  ],
  [
    'more measurements than can be kept',
    {
      subject: 'x',
      deadline: '10h',
      objectives: ['a', 'b', 'c'].map((id) => limit(id, { samples: { count: 999, interval: '1s' } })),
    },
    ['objectives TooManySamples'],
  ],
  ['an id that is no word', gate(limit('a b')), ['objectives[0].id BadId']],
  [
    'a provider that is not there',
    gate(limit('a', { value: { metric: { provider: 'prom', query: 'up' } } })),
    ['objectives[0].value.metric.provider UnknownSource'],
  ],
  [
    'a range without an aggregate',
    gate(limit('a', { value: { metric: { provider: 'prom', query: 'up', range: '5m' } } }), {
      providers: { prom: { address: 'http://prometheus:9090' } },
    }),
    ['objectives[0].value.metric.range RangeNeedsAggregate'],
  ],
  [
    'a report that is not there',
    gate(limit('a', { value: { findings: { from: 'lint' } } }), { reports: { tests: { text: 'x' } } }),
    ['objectives[0].value.findings.from UnknownSource'],
  ],
  [
    'a report that hides the audit',
    gate(limit('a'), { reports: { audit: { text: 'x' } } }),
    ['reports.audit ReservedName'],
  ],
  [
    'a reference without a condition',
    gate(limit('a', { value: { external: { ref: 'apps/v1/Deployment/web' } } })),
    ['objectives[0].value.external.ref NotAReference'],
  ],
  [
    'credentials in the policy',
    gate(limit('a'), {
      providers: { prom: { address: 'http://u:p@prometheus', header: { Authorization: 'Bearer x' } } },
    }),
    ['providers.prom.header.Authorization CredentialInPolicy', 'providers.prom.address CredentialInPolicy'],
  ],
  [
    'a query for no time',
    gate(limit('a'), { providers: { prom: { address: 'http://prometheus', timeout: '0' } } }),
    ['providers.prom.timeout NoTime'],
  ],
];

describe('what vet refuses', () => {
  test.each(refused)('%s', (_name, parameters, faults) => {
    expect(faultsOf(parameters)).toEqual(faults);
  });

  test('all faults at once', () => {
    const objectives = [limit('a', { weight: 0, key: true }), { id: 'a', value: {} }];
    expect(faultsOf({ objectives, total: { pass: 50, warn: 60 }, nothing: 1 }).toSorted()).toEqual([
      'nothing UnknownParameter',
      'objectives[0].key KeyWithoutWeight',
      'objectives[1] PassMissing',
      'objectives[1].id DuplicateId',
      'objectives[1].value NotOneSource',
      'subject MissingParameter',
      'total.warn WarnNotBelowPass',
    ]);
  });

  test('a value of any shape gives faults and no exception', () => {
    for (const value of [
      1,
      'x',
      [],
      [[]],
      { objectives: 5 },
      { objectives: [null, 3, []], mute: [null], freeze: [], total: 7 },
    ])
      expect(faultsOf(value).length).toBeGreaterThan(0);
  });
});

test('defaults are those that hold', () => {
  expect(policyOf([limit('a')])).toMatchObject({
    objectives: [
      { weight: 1, key: false, onMissing: 'fail', samples: { count: 1, failureLimit: 0, errorLimit: 3 } },
    ],
    total: { pass: 100 },
    minCoverage: 100,
    onWarn: 'suspend',
    onInconclusive: 'suspend',
    mode: 'enforce',
    validForMs: 3_600_000,
    deadlineMs: 600_000,
  });
});

test('an expired mute is no fault, since time passes by itself', () => {
  expect(faultsOf({ subject: 'x', objectives: two, mute: [mute({ until: day(-1) })] })).toEqual([]);
});
