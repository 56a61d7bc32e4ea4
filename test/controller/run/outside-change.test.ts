import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/api/json.ts';
import { commandsOf, restartStep } from '../../../src/controller/run/outside-change.ts';
import { readSteering } from '../../../src/controller/run/steering-status.ts';
import { commandPatch } from '../../../src/store/cluster/run-patch.ts';
import { runObject, runStatus, stepStatus } from '../../store/cluster/run-objects.ts';

/** What a person's terminate asks of a run in this state. */
function askedBy(terminated: boolean, steps: readonly string[]): readonly string[] {
  const written = runStatus(
    'executing',
    steps.map((state, at) => stepStatus(`s${at}`, state)),
    { terminated },
  );
  const patch = commandPatch(runObject({ status: written }), { kind: 'terminate' }) ?? {};
  return commandsOf(readSteering(written), readSteering({ ...written, ...patch })).map(({ kind }) => kind);
}

test.each<[string, boolean, readonly string[], readonly string[]]>([
  ['a run at its steps', false, ['running'], ['terminate']],
  ['a run that was terminated, at its handlers', true, ['failed/Terminate', 'running'], ['terminate']],
  ['a handler that is tried again', true, ['failed/Terminate', 'failed/Execute'], ['terminate']],
  ['a run whose handlers have yet to begin', true, ['failed/Terminate'], []],
])('a terminate of %s', (_what, terminated, steps, expected) => {
  expect(askedBy(terminated, steps)).toEqual(expected);
});

test('who takes away one item of a list restarts from its step', () => {
  const item = stepStatus('c[1]', 'failed/Action');
  const steering = (items: readonly JsonObject[]) =>
    readSteering(runStatus('failed', [stepStatus('c', 'failed/Action', items)]));
  expect(restartStep(steering([stepStatus('c[0]', 'succeeded'), item]), steering([item]))).toBe('c');
});
