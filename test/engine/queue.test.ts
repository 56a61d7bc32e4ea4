import { describe, expect, test } from 'vitest';
import { statusOf } from '../../src/engine/status.ts';
import { viewOf } from '../../src/engine/view.ts';
import type { GroupTurn } from '../../src/engine/events.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { handlers, plan, step, World, type Script } from './world.ts';

const put: Script = { acts: [{ op: 'put' }] };
const hangs: Script = { acts: [{ op: 'read' }, { op: 'wait', polls: 1_000_000 }] };

function world(scripts: Readonly<Record<string, Script>>, more: Partial<Plan> = {}): World {
  return new World(
    plan([step('a'), ...handlers('finally', [step('tidy')])], {
      concurrency: { group: 'prod', policy: 'queue' },
      handlers: { timeoutMs: 60_000 },
      ...more,
    }),
    scripts,
  );
}

const tell = (one: World, turn: GroupTurn): void => one.feed({ kind: 'group', turn });

describe('a run with a concurrency group', () => {
  test('begins nothing, and its time does not count, before it is let in', () => {
    const one = world({ a: put, tidy: put }, { timeoutMs: 1000 });
    one.nowMs += 3_600_000;
    one.feed({ kind: 'time' });
    tell(one, { kind: 'waits', holder: 'other' });
    expect([one.pending, one.wakeAtMs, one.state.phase]).toEqual([[], undefined, 'initializing']);
    expect(statusOf(one.plan, one.state)).toMatchObject({
      status: 'initializing',
      message: 'waits for run other in group prod',
    });
    tell(one, { kind: 'entered' });
    expect(one.run()).toBe(true);
    expect([one.state.phase, one.transcript]).toEqual(['succeeded', 'a succeeded, tidy succeeded']);
    expect(statusOf(one.plan, one.state).message).toBeUndefined();
  });

  test('that is terminated while it waits runs nothing, no handler either', () => {
    const one = world({ a: put, tidy: put });
    tell(one, { kind: 'waits', holder: 'other' });
    one.command('terminate');
    expect([one.state.phase, one.transcript, one.performed]).toEqual([
      'terminated',
      'a skipped/Skip, tidy skipped/Skip',
      [],
    ]);
  });

  test('that is refused says why', () => {
    const one = world({ a: put, tidy: put });
    tell(one, { kind: 'refused', message: 'group prod is taken' });
    const { conditions, message, status } = statusOf(one.plan, one.state);
    expect([status, message]).toEqual(['failed', 'group prod is taken']);
    expect(conditions?.find(({ type }) => type === 'Failed')).toMatchObject({
      reason: 'GroupTaken',
      message: 'group prod is taken',
    });
    expect(viewOf(one.plan, one.state)).toMatchObject({ isRefused: true, message: 'group prod is taken' });
    expect(one.performed).toEqual([]);
  });

  test('goes on after a crash only when it is let in again', () => {
    const one = world({ a: { acts: [{ op: 'put' }, { op: 'put' }] }, tidy: put });
    tell(one, { kind: 'entered' });
    one.answer(one.ready[0] ?? expect.fail());
    one.save();
    one.crash();
    expect([one.pending, one.state.queue]).toEqual([[], { hasBegun: true }]);
    tell(one, { kind: 'waits', holder: 'other' });
    one.save();
    one.crash();
    expect([one.pending, one.state.queue]).toEqual([[], { hasBegun: true }]);
    tell(one, { kind: 'entered' });
    expect(one.run()).toBe(true);
    expect([one.transcript, one.violations]).toEqual(['a succeeded, tidy succeeded', []]);
  });

  test('whose place another one wants is terminated once; its handlers run', () => {
    const one = world({ a: hangs, tidy: { acts: [{ op: 'read' }, { op: 'wait', polls: 2 }] } });
    tell(one, { kind: 'entered' });
    one.wait();
    one.feed({ kind: 'command', seq: 1, command: 'replace' });
    one.feed({ kind: 'command', seq: 2, command: 'replace' });
    expect(one.run()).toBe(true);
    expect([one.state.phase, one.transcript]).toEqual(['terminated', 'a failed/Terminate, tidy succeeded']);
    expect(one.state.steps['a']?.message).toBe('another run of its group took its place');
  });

  test('of which nothing is known any more is told nothing', () => {
    const one = world({ a: put, tidy: put });
    tell(one, { kind: 'entered' });
    const before = one.state;
    tell(one, { kind: 'waits', holder: 'other' });
    expect(one.state.queue).toBe(before.queue);
  });
});
