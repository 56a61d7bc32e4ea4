import { describe, expect, test } from 'vitest';
import { faultsOf, marked, planOf, runWith } from './compile-text.ts';

const steps = '- {name: a, type: open}';

test.each([
  ['{group: prod}', { group: 'prod', policy: 'queue' }],
  ['{group: prod, policy: replace}', { group: 'prod', policy: 'replace' }],
  ['{group: a b, maxQueue: 3}', { group: 'a b', policy: 'queue', maxQueue: 3 }],
])('%s', async (text, expected) => {
  expect((await planOf(runWith(steps, `concurrency: ${text}`))).concurrency).toEqual(expected);
});

test('a run without a group has none', async () => {
  expect((await planOf(runWith(steps))).concurrency).toBeUndefined();
});

describe('faults', () => {
  test.each([
    ['no group', '¦concurrency: {}', 'MissingField', /`group` is missing/],
    ['an empty group', 'concurrency: {group: ¦""}', 'MissingField', /`group` is empty/],
    ['a blank group', 'concurrency: {group: ¦"  "}', 'MissingField', /would lock nothing/],
    ['blanks around it', 'concurrency: {group: ¦" prod"}', 'BadConcurrency', /no blanks around it/],
    ['no text', 'concurrency: {group: ¦7}', 'WrongType', /must be text/],
    [
      'an unknown policy',
      'concurrency: {group: g, policy: ¦queued}',
      'BadConcurrency',
      /queue, replace, reject/,
    ],
    ['a queue of none', 'concurrency: {group: g, maxQueue: ¦0}', 'BadConcurrency', /from 1 to 1000/],
    [
      'a queue where nothing queues',
      'concurrency: {group: g, policy: reject, maxQueue: ¦1}',
      'BadConcurrency',
      /nothing queues/,
    ],
    ['a misspelt field', 'concurrency: {group: g, ¦maxQueued: 1}', 'UnknownField', /maxQueued/],
    ['a text', 'concurrency: ¦prod', 'WrongType', /must be a map/],
  ])('%s', async (_name, spec, code, says) => {
    const text = runWith(steps, spec);
    const faults = await faultsOf(text);
    expect(faults.map((fault) => [`${fault.line}:${fault.column}`, fault.code])).toEqual([
      [marked(text), code],
    ]);
    expect(faults[0]?.message).toMatch(says);
  });
});
