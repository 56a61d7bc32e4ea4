import { writtenPath } from '../../api/step-path.ts';
import type { WorkflowRunStatus } from '../../api/status.ts';
import type { Command } from '../../store/port.ts';

/** The fields of a status by which people, and `vela workflow`, tell a run what to do. */
export type SteeringStatus = Pick<WorkflowRunStatus, 'suspend' | 'terminated' | 'finished'> & {
  readonly steps: readonly SteeringStep[];
};

interface SteeringStep {
  readonly name: string;
  readonly phase: string;
  readonly reason?: string;
  readonly subSteps?: readonly SteeringStep[];
}

/**
 * What someone else asked of the run by changing its status: the difference between what this engine wrote and what now
 * stands there. A change that asks for nothing (a step's message edited by hand) is no command; the next write undoes it.
 */
export function commandsOf(written: SteeringStatus, found: SteeringStatus): readonly Command[] {
  if (found.terminated && !written.terminated) return [{ kind: 'terminate' }];
  const before = flat(written);
  const after = flat(found);
  // Of a run that was terminated and is at its handlers, only the steps can tell that it is asked for once more.
  if (
    found.terminated &&
    after.some(
      (step) => isTerminated(step) && !before.some((old) => old.name === step.name && isTerminated(old)),
    )
  )
    return [{ kind: 'terminate' }];
  if (found.suspend && !written.suspend) {
    const running = before.filter(({ phase }) => phase === 'running').map(({ name }) => name);
    const held = running.filter((name) => phaseOf(after, name) === 'suspending');
    // All or none of the running steps: the run as a whole is meant.
    if (held.length === 0 || held.length === running.length) return [{ kind: 'suspend' }];
    return held.map((step) => ({ kind: 'suspend', step }));
  }
  if (!found.suspend && written.suspend) {
    const suspended = before.filter(({ phase }) => phase === 'suspending').map(({ name }) => name);
    const released = suspended.filter((name) => phaseOf(after, name) !== 'suspending');
    if (released.length === 0 || released.length === suspended.length) return [{ kind: 'resume' }];
    return released.map((step) => ({ kind: 'resume', step }));
  }
  return [];
}

/** The first step that is gone from a finished run's status: where it is to start again. */
export function restartStep(written: SteeringStatus, found: SteeringStatus): string | undefined {
  const left = new Set(flat(found).map(({ name }) => name));
  const gone = flat(written).filter(({ name }) => !left.has(name));
  const from = (gone.find(({ phase }) => phase === 'failed') ?? gone[0])?.name;
  // Who takes away one item of a list means its step: items do not run again one by one.
  return from === undefined ? undefined : writtenPath(from);
}

function isTerminated({ phase, reason }: SteeringStep): boolean {
  return phase === 'failed' && reason === 'Terminate';
}

function flat(status: SteeringStatus): readonly SteeringStep[] {
  return status.steps.flatMap((step) => [step, ...(step.subSteps ?? [])]);
}

function phaseOf(steps: readonly SteeringStep[], name: string): string | undefined {
  return steps.find((step) => step.name === name)?.phase;
}
