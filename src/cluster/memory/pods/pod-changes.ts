import { endShowsMs } from './container-state.ts';
import { attemptsUntil } from './back-off.ts';
import {
  crashTakesMs,
  pullBacksOffAfterMs,
  pullFailsAfterMs,
  type ContainerCourse,
  type PodCourse,
} from './pod-course.ts';

/** Where a thing stands between its changes. */
export interface Changes {
  /** How many are past. */
  readonly past: number;
  /** When the next one is; Infinity: none. */
  readonly nextMs: number;
}

/** How often the Pod's status has changed by `now`, and when it does next. */
export function podChanges(course: PodCourse, now: number): Changes {
  const fixed = [course.scheduledMs, course.initializedMs, course.readyMs, course.end?.atMs];
  return sumChanges([
    fixedChanges(fixed, now),
    ...[...course.init, ...course.main].map((each) => containerChanges(each, now)),
  ]);
}

export function sumChanges(all: readonly Changes[]): Changes {
  return {
    past: all.reduce((sum, { past }) => sum + past, 0),
    nextMs: Math.min(Infinity, ...all.map(({ nextMs }) => nextMs)),
  };
}

export function fixedChanges(times: readonly (number | undefined)[], now: number): Changes {
  const known = times.filter((time) => time !== undefined);
  return {
    past: known.filter((time) => time <= now).length,
    nextMs: Math.min(Infinity, ...known.filter((time) => time > now)),
  };
}

function containerChanges(course: ContainerCourse, now: number): Changes {
  if (course.kind === 'blocked') return { past: 0, nextMs: Infinity };
  if (course.kind === 'crashes')
    return repeatedChanges(course.startMs, crashTakesMs, [0, crashTakesMs, crashTakesMs + endShowsMs], now);
  if (course.kind === 'runs')
    return fixedChanges([course.pullMs, course.startMs, course.readyMs, course.end?.atMs], now);
  if (course.outcome.kind === 'invalid-name')
    return fixedChanges([course.pullMs, course.pullMs + pullFailsAfterMs], now);
  const offsets = [0, pullFailsAfterMs, pullBacksOffAfterMs];
  return repeatedChanges(course.pullMs, pullBacksOffAfterMs, offsets, now);
}

function repeatedChanges(firstMs: number, workMs: number, offsets: readonly number[], now: number): Changes {
  if (now < firstMs) return { past: 0, nextMs: firstMs };
  const { count, lastMs, nextMs } = attemptsUntil(firstMs, workMs, now);
  const inThis = fixedChanges(
    offsets.map((offset) => lastMs + offset),
    now,
  );
  return { past: (count - 1) * offsets.length + inThis.past, nextMs: Math.min(inThis.nextMs, nextMs) };
}
