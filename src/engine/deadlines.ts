import { formatDuration } from '../api/duration.ts';
import type { Draft } from './draft.ts';
import { endOpenSteps } from './end-steps.ts';
import { onAttemptTimeout } from './retry.ts';
import { endSection, sectionDeadlineMs } from './sections.ts';
import { resumeStep } from './turn.ts';
import { isDone, type StepEnd, type StepState } from './state.ts';
import type { PlannedStep } from '../plan/plan.ts';

/** Everything that time alone brings about: deadlines, the end of a back-off, a suspend with a duration. */
export function onTime(draft: Draft): void {
  const runDeadline = runDeadlineMs(draft);
  if (runDeadline !== undefined && draft.nowMs >= runDeadline && draft.state.terminated !== 'deadline') {
    draft.setRun({ terminated: 'deadline', suspended: false });
    const limit = formatDuration(draft.index.plan.timeoutMs ?? 0);
    endOpenSteps(draft, {
      phase: 'failed',
      reason: 'Timeout',
      message: `the run did not end within ${limit}`,
    });
    return;
  }
  const sectionDeadline = sectionDeadlineMs(draft);
  if (sectionDeadline !== undefined && draft.nowMs >= sectionDeadline) {
    endSection(draft, 'deadline');
    return;
  }
  for (const planned of draft.index.plan.steps) {
    const { path } = planned;
    const step = draft.step(path);
    const deadline = stepDeadlineMs(planned, step);
    if (deadline !== undefined && draft.nowMs >= deadline) timeOut(draft, planned, step);
    else if (step.stage.kind === 'op' && draft.nowMs >= (step.stage.untilMs ?? Infinity))
      onAttemptTimeout(draft, path, step.stage);
    else if (step.stage.kind === 'backoff' && draft.nowMs >= step.stage.untilMs) draft.askTemplate(path);
    else if (
      step.stage.kind === 'suspended' &&
      step.stage.untilMs !== undefined &&
      draft.nowMs >= step.stage.untilMs
    ) {
      resumeStep(draft, path);
    }
  }
}

/** The next moment at which `onTime` has something to do. */
export function nextWakeMs(draft: Draft): number | undefined {
  let next = draft.state.terminated === 'deadline' ? undefined : runDeadlineMs(draft);
  next = earliest(next, sectionDeadlineMs(draft));
  for (const planned of draft.index.plan.steps) {
    const step = draft.step(planned.path);
    const { stage } = step;
    next = earliest(next, stepDeadlineMs(planned, step));
    // A held step's back-off ends when it is resumed.
    if (stage.kind === 'backoff') next = earliest(next, stage.untilMs);
    if (stage.kind === 'op') next = earliest(next, stage.untilMs);
    if (stage.kind === 'suspended') next = earliest(next, stage.untilMs);
  }
  return next;
}

/** The deadline is one for the steps: handlers have times of their own. */
function runDeadlineMs(draft: Draft): number | undefined {
  const { timeoutMs } = draft.index.plan;
  const isOver = timeoutMs === undefined || draft.state.outcome !== undefined;
  return isOver ? undefined : draft.state.startedAtMs + timeoutMs;
}

function stepDeadlineMs(planned: PlannedStep, step: StepState): number | undefined {
  if (planned.timeoutMs === undefined || step.firstMs === undefined) return undefined;
  if (isDone(step) || step.stage.kind === 'outputs') return undefined;
  if (step.stage.kind === 'group' && step.stage.end !== undefined) return undefined;
  return step.firstMs + planned.timeoutMs;
}

/** A step that timed out still yields its outputs; a group takes its open sub-steps with it. */
function timeOut(draft: Draft, planned: PlannedStep, step: StepState): void {
  const limit = `timed out after ${formatDuration(planned.timeoutMs ?? 0)}`;
  const end = { phase: 'failed', reason: 'Timeout' } as const;
  endMembers(draft, planned.path, { ...end, message: `step-group ${planned.name} ${limit}` });
  const message = step.message === undefined ? limit : `${limit}: ${step.message}`;
  if (step.stage.kind === 'group')
    draft.setStep(planned.path, { stage: { kind: 'group', end: { ...end, message } } });
  else draft.end(planned.path, { ...end, message });
}

/** Groups among the sub-steps end with the last of their own. */
function endMembers(draft: Draft, group: string, end: StepEnd): void {
  for (const { path } of draft.index.children.get(group) ?? []) {
    const { stage } = draft.step(path);
    if (stage.kind === 'group') {
      endMembers(draft, path, end);
      draft.setStep(path, { stage: { kind: 'group', end } });
    } else if (stage.kind !== 'done' && stage.kind !== 'outputs') draft.end(path, end);
  }
}

function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}
