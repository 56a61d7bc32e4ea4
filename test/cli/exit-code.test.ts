import { expect, test } from 'vitest';
import { SluiceError, type ErrorKind } from '../../src/api/errors.ts';
import { combineExitCodes, exitCodeOfError, exitCodeOfRun } from '../../src/cli/exit-code.ts';
import { runResult, runView } from './fake-session.ts';

test.each([
  [[0, 1, 5], 1],
  [[5, 0], 5],
  [[1, 3], 3],
  [[3, 4], 4],
  [[2, 4], 2],
  [[6, 2], 6],
  [[70, 6], 70],
  [[143, 70], 143],
  [[143, 130], 130],
  [[0, 0], 0],
  [[], 0],
])('%j come to %i', (codes, expected) => expect(combineExitCodes(codes)).toBe(expected));

test.each([
  ['a success', runResult(runView()), 0],
  ['a failure', runResult(runView({ phase: 'failed' })), 1],
  ['a termination', runResult(runView({ phase: 'terminated' })), 1],
  ['a required step that was skipped', runResult(runView({ unmet: ['prod'] })), 3],
  ['a required step after a failure', runResult(runView({ phase: 'failed', unmet: ['prod'] })), 3],
  ['a closed gate', runResult(runView({ phase: 'failed', isGateClosed: true })), 3],
  [
    'a closed gate after the deadline',
    runResult(runView({ phase: 'failed', isOverdue: true, isGateClosed: true })),
    4,
  ],
  ['a deadline', runResult(runView({ phase: 'failed', isOverdue: true, unmet: ['prod'] })), 4],
  ['a wait', runResult(runView({ phase: 'suspending', unmet: ['prod'] }), 'waiting'), 5],
  ['a stop', runResult(runView({ phase: 'executing' }), 'stopped'), 130],
])('the code of %s', (_name, result, expected) => expect(exitCodeOfRun(result, 'SIGINT')).toBe(expected));

test.each<readonly [ErrorKind, number]>([
  ['invalid', 2],
  ['denied', 2],
  ['environment', 6],
  ['bug', 70],
  ['transient', 1],
  ['terminal', 1],
  ['indeterminate', 1],
])('an error of kind %s is %i', (kind, expected) => {
  expect(exitCodeOfError(new SluiceError(kind, 'X', 'x'))).toBe(expected);
});

test('an error that is not ours is a bug of ours', () =>
  expect(exitCodeOfError(new TypeError('x'))).toBe(70));
