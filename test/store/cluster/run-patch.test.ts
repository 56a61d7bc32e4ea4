import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/api/json.ts';
import { declaredSteps } from '../../../src/store/cluster/declared-steps.ts';
import { commandPatch, refuseUnfinished, restartPatch } from '../../../src/store/cluster/run-patch.ts';
import type { Command } from '../../../src/store/port.ts';
import { runObject, runStatus, stepsText, stepStatus } from './run-objects.ts';

// What `vela workflow` writes into the status of a run for the same words.
const busy = [
  stepStatus('a', 'succeeded'),
  stepStatus('b', 'running'),
  stepStatus('g', 'running', [stepStatus('x', 'running'), stepStatus('y', 'suspending/Suspend')]),
  stepStatus('c', 'suspending/Suspend'),
  stepStatus('d', 'failed/Execute'),
  stepStatus('e', 'failed/FailedAfterRetries'),
  stepStatus('f', 'failed/Timeout'),
  stepStatus('p', 'pending'),
];

function patchOf(command: Command, status: JsonObject | undefined): JsonObject | undefined {
  return commandPatch(runObject(status === undefined ? {} : { status }), command);
}

describe('a command', () => {
  test.each<[Command, JsonObject, string]>([
    [
      { kind: 'suspend' },
      { suspend: true },
      'a succeeded, b suspending, g suspending(x suspending, y suspending/Suspend), c suspending/Suspend, d failed/Execute, e failed/FailedAfterRetries, f failed/Timeout, p pending',
    ],
    [
      { kind: 'suspend', step: 'b' },
      { suspend: true },
      'a succeeded, b suspending, g running(x running, y suspending/Suspend), c suspending/Suspend, d failed/Execute, e failed/FailedAfterRetries, f failed/Timeout, p pending',
    ],
    [
      { kind: 'suspend', step: 'g/x' },
      { suspend: true },
      'a succeeded, b running, g running(x suspending, y suspending/Suspend), c suspending/Suspend, d failed/Execute, e failed/FailedAfterRetries, f failed/Timeout, p pending',
    ],
    [
      { kind: 'resume', step: 'c' },
      { suspend: false },
      'a succeeded, b running, g running(x running, y suspending/Suspend), c running/Suspend, d failed/Execute, e failed/FailedAfterRetries, f failed/Timeout, p pending',
    ],
    [
      { kind: 'resume', step: 'y' },
      { suspend: false },
      'a succeeded, b running, g running(x running, y running/Suspend), c suspending/Suspend, d failed/Execute, e failed/FailedAfterRetries, f failed/Timeout, p pending',
    ],
    [
      { kind: 'terminate' },
      { suspend: false, terminated: true },
      'a succeeded, b failed/Terminate, g failed/Terminate(x failed/Terminate, y failed/Terminate), c failed/Terminate, d failed/Terminate, e failed/FailedAfterRetries, f failed/Timeout, p pending',
    ],
  ])('%j', (command, fields, expected) => {
    const { steps, ...rest } = patchOf(command, runStatus('executing', busy)) ?? {};
    expect([rest, stepsText(steps)]).toEqual([fields, expected]);
  });

  test('resume lets every suspended step go on, and changes nothing where none is', () => {
    const { steps, ...rest } = patchOf({ kind: 'resume' }, runStatus('suspending', busy)) ?? {};
    expect(rest).toEqual({ suspend: false });
    expect(stepsText(steps)).toContain('g running(x running, y running/Suspend), c running/Suspend');
    expect(patchOf({ kind: 'resume' }, runStatus('executing', busy))).toBeUndefined();
  });

  test('of a run that nobody took yet brings the fields that a status must have', () => {
    expect(patchOf({ kind: 'suspend' }, undefined)).toEqual({
      status: '',
      mode: {},
      suspend: true,
      terminated: false,
      finished: false,
    });
  });

  test.each<[Command['kind'], string, string]>([
    ['suspend', 'succeeded', 'can not suspend a succeeded workflow: demo'],
    ['resume', 'terminated', 'can not resume a terminated workflow: demo'],
    ['terminate', 'failed', 'can not terminate a failed workflow: demo'],
  ])('%s of a run that %s is refused', (kind, phase, message) => {
    expect(() => patchOf({ kind }, runStatus(phase, []))).toThrow(message);
  });

  test('a run that is being terminated can be neither suspended nor resumed', () => {
    const status = runStatus('executing', busy, { terminated: true });
    expect(() => patchOf({ kind: 'suspend' }, status)).toThrow('can not suspend a terminated workflow');
    expect(() => patchOf({ kind: 'resume' }, status)).toThrow('can not resume a terminated workflow');
    expect(patchOf({ kind: 'terminate' }, status)).toMatchObject({ terminated: true });
  });

  test.each<[Command, string]>([
    [{ kind: 'suspend', step: 'nope' }, 'no step nope has begun in demo'],
    [{ kind: 'suspend', step: 'a' }, 'step a is succeeded, not running'],
    [{ kind: 'resume', step: 'g/x' }, 'step g/x is running, not suspending'],
  ])('%j is refused', (command, message) => {
    expect(() => patchOf(command, runStatus('executing', busy))).toThrow(message);
  });
});

describe('restart from a step', () => {
  const steps = [
    { name: 'a', type: 't', outputs: [{ name: 'score', valueFrom: 'x' }] },
    { name: 'b', type: 't', dependsOn: ['a'] },
    {
      name: 'g',
      type: 'step-group',
      subSteps: [
        { name: 'x', type: 't' },
        { name: 'y', type: 't', dependsOn: ['x'] },
        { name: 'z', type: 't' },
      ],
    },
    { name: 'c', type: 't', inputs: [{ from: 'score.value' }] },
    { name: 'd', type: 't' },
  ];
  const group = [
    stepStatus('x', 'failed/Action'),
    stepStatus('y', 'skipped/Skip'),
    stepStatus('z', 'succeeded'),
  ];
  const all = [
    stepStatus('a', 'failed/Action'),
    stepStatus('b', 'failed/Action'),
    stepStatus('g', 'failed/Action', group),
    stepStatus('c', 'skipped/Skip'),
    stepStatus('d', 'succeeded'),
  ];

  test.each([
    ['StepByStep', 'b', 'a failed/Action'],
    ['StepByStep', 'g', 'a failed/Action, b failed/Action'],
    ['StepByStep', 'x', 'a failed/Action, b failed/Action, g running(z succeeded)'],
    ['DAG', 'a', 'g failed/Action(x failed/Action, y skipped/Skip, z succeeded), d succeeded'],
    [
      'DAG',
      'b',
      'a failed/Action, g failed/Action(x failed/Action, y skipped/Skip, z succeeded), c skipped/Skip, d succeeded',
    ],
    ['DAG', 'g/x', 'a failed/Action, b failed/Action, g running(z succeeded), c skipped/Skip, d succeeded'],
  ])('%s from %s', (mode, from, expected) => {
    const run = runObject({ steps, spec: { mode: { steps: mode } }, status: runStatus('failed', all) });
    const { steps: left, ...rest } = restartPatch(run, declaredSteps(run), from);
    expect(stepsText(left)).toBe(expected);
    expect(rest).toEqual({ terminated: false, suspend: false, finished: false, endTime: null });
  });

  test.each([
    ['d', 'can not restart from a non-failed step: d is succeeded'],
    ['z', 'can not restart from a non-failed step: z is succeeded'],
    ['nope', 'no step nope has begun in demo'],
  ])('from %s is refused', (from, message) => {
    const run = runObject({ steps, status: runStatus('failed', all) });
    expect(() => restartPatch(run, declaredSteps(run), from)).toThrow(message);
  });

  test('of an unfinished run is refused', () => {
    expect(() => refuseUnfinished(runObject({ status: runStatus('executing', []) }))).toThrow(
      'run team/demo has not finished',
    );
  });
});

test('a handler is nothing to restart from', () => {
  const run = runObject({
    spec: { workflowSpec: { steps: [{ name: 'a', type: 't' }], finally: [{ name: 'f', type: 't' }] } },
    status: runStatus('failed', [stepStatus('a', 'succeeded'), stepStatus('f', 'failed/Action')]),
  });
  expect(() => restartPatch(run, declaredSteps(run), 'f')).toThrow(/it is a step of `finally`/);
});

describe('an item of a list', () => {
  const items = [stepStatus('c[0]', 'running'), stepStatus('c[1]', 'failed/Action')];
  const run = runObject({
    spec: { workflowSpec: { steps: [{ name: 'c', type: 't', forEach: { items: [1, 2] } }] } },
    status: runStatus('executing', [stepStatus('c', 'failed', items)]),
  });

  test('is suspended by its path', () => {
    const patch = commandPatch(run, { kind: 'suspend', step: 'c[0]' });
    expect(stepsText(patch?.['steps'] as readonly JsonObject[])).toBe(
      'c failed(c[0] suspending, c[1] failed/Action)',
    );
  });

  test('is nothing to restart from, but its step is', () => {
    expect(() => restartPatch(run, declaredSteps(run), 'c[1]')).toThrow(/restart from step c, whose items/);
    expect(restartPatch(run, declaredSteps(run), 'c')['steps']).toEqual([]);
  });
});
