import { formatDuration } from '../api/duration.ts';
import type { RunPhase } from '../api/status.ts';
import type { HandlerSection } from '../plan/plan.ts';
import { endOpenSteps } from './end-steps.ts';
import type { Draft } from './draft.ts';
import { isDone } from './state.ts';

/*
 * The steps of a run, then its handlers: `onFailure` when the steps did not succeed, `finally` always.
 * H1  What the steps have come to is decided once, when the last of them has ended; no handler makes it better.
 * H2  A section begins once. Its time counts from a stored moment, so no restart of a process gives it more.
 * H3  What ends the steps (a deadline, a person) ends none of the handlers, and what ends a section ends only that section.
 */

/** Decides what the steps have come to, once the last of them has ended, and begins the next handlers. True when it did. */
export function enterNextSection(draft: Draft): boolean {
  const { sections, hasHandlers } = draft.index;
  const { handling } = draft.state;
  if (!hasHandlers || !isSectionDone(draft)) return false;
  const outcome = draft.state.outcome ?? outcomeOfSteps(draft);
  // H1
  if (draft.state.outcome === undefined) draft.setRun({ outcome });
  if (handling?.section === 'finally') return false;
  const section: HandlerSection = handling === undefined ? 'onFailure' : 'finally';
  const isWanted = section === 'finally' || outcome !== 'succeeded';
  // Whoever suspended the run wants nothing new to begin; the time of the handlers does not count before they may.
  if (draft.state.suspended && isWanted && sections[section].length > 0) return false;
  draft.setRun({ handling: { section, sinceMs: draft.nowMs } });
  if (!isWanted)
    for (const { path } of sections[section])
      draft.end(path, { phase: 'skipped', reason: 'Skip', message: 'the run did not fail' });
  return true;
}

/** Why steps that have not begun are skipped from now on; undefined when they are not. */
export function endingOf({
  state,
}: Draft): { readonly message: string; readonly sparesConditions: boolean } | undefined {
  const { handling, terminated } = state;
  // H3
  if (handling !== undefined) {
    if (handling.ended === undefined) return undefined;
    const what = handling.ended === 'deadline' ? 'ran out of time' : 'was terminated';
    return { message: `\`${handling.section}\` ${what}`, sparesConditions: false };
  }
  if (terminated === 'deadline')
    return { message: 'the deadline of the run passed', sparesConditions: false };
  if (terminated === 'operator') return { message: 'the run was terminated', sparesConditions: true };
  return undefined;
}

/** When the time of the handlers that are at work is over; undefined when none are. */
export function sectionDeadlineMs(draft: Draft): number | undefined {
  const { handling } = draft.state;
  const { handlers } = draft.index.plan;
  if (handling === undefined || handlers === undefined || handling.ended !== undefined) return undefined;
  // H2
  return isSectionDone(draft) ? undefined : handling.sinceMs + handlers.timeoutMs;
}

/** Ends the handlers that are at work. */
export function endSection(draft: Draft, why: 'deadline' | 'operator'): void {
  const { handling } = draft.state;
  const { handlers } = draft.index.plan;
  if (handling === undefined || handlers === undefined || handling.ended !== undefined) return;
  draft.setRun({ handling: { ...handling, ended: why }, suspended: false });
  if (why === 'operator') {
    endOpenSteps(draft, { phase: 'failed', reason: 'Terminate', message: 'terminated on request' });
    return;
  }
  const message = `\`${handling.section}\` did not end within ${formatDuration(handlers.timeoutMs)}`;
  endOpenSteps(draft, { phase: 'failed', reason: 'Timeout', message });
}

/** The phase of a run whose steps and handlers have ended. */
export function finalPhase(draft: Draft): RunPhase {
  const outcome = draft.state.outcome ?? outcomeOfSteps(draft);
  if (outcome !== 'succeeded') return outcome;
  // What has to be done at the end in any case was not done.
  const isCut = draft.state.handling?.ended !== undefined;
  const hasFailed = draft.index.plan.steps.some(
    ({ path, section }) => section === 'finally' && draft.step(path).phase === 'failed',
  );
  return isCut || hasFailed ? 'failed' : 'succeeded';
}

function outcomeOfSteps(draft: Draft): 'succeeded' | 'failed' | 'terminated' {
  const failed = draft.index.plan.steps
    .filter(({ section }) => section === undefined)
    .map(({ path }) => draft.step(path))
    .filter((step) => step.phase === 'failed');
  const { terminated } = draft.state;
  if (terminated === undefined) return failed.length > 0 ? 'failed' : 'succeeded';
  const isRequested = terminated === 'operator' && failed.every((step) => step.reason === 'Terminate');
  return isRequested ? 'terminated' : 'failed';
}

function isSectionDone(draft: Draft): boolean {
  const { handling } = draft.state;
  return draft.index.sections[handling?.section ?? 'steps'].every(({ path }) => isDone(draft.step(path)));
}
