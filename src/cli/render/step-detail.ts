import { formatDuration } from '../../api/duration.ts';
import type { StepView } from '../../engine/view.ts';
import { cleanLine } from '../terminal/clean-text.ts';

/**
 * What there is to say about a step in one line: why it ended as it did, or what it waits for, until when and when it is
 * tried again. Empty when there is nothing.
 */
export function stepDetail(step: StepView, nowMs: number): string {
  const parts = isOver(step) ? [reasonText(step)] : [waitText(step, nowMs)];
  return [...parts, messageText(step)].filter((part) => part !== '').join(': ');
}

/** Whether the reason says more than the phase does. */
export function reasonText({ phase, reason }: Pick<StepView, 'phase' | 'reason'>): string {
  return reason === undefined || phase === 'succeeded' || phase === 'skipped' ? '' : reason;
}

/** Its fate is known; its outputs may still be under way. */
function isOver({ phase }: StepView): boolean {
  return phase === 'succeeded' || phase === 'failed' || phase === 'skipped';
}

function messageText({ message }: StepView): string {
  return message === undefined ? '' : cleanLine(message);
}

function waitText({ waiting }: StepView, nowMs: number): string {
  switch (waiting?.kind) {
    case undefined:
      return '';
    case 'steps':
      return waiting.names.length === 0 ? '' : `waits for ${waiting.names.join(', ')}`;
    case 'object':
      return waiting.untilMs === undefined ? 'waits' : `waits, ${left(waiting.untilMs, nowMs)} left`;
    case 'retry':
      return `next try in ${left(waiting.atMs, nowMs)}`;
    case 'person':
      return waiting.resumesAtMs === undefined
        ? 'waits for a person'
        : `goes on in ${left(waiting.resumesAtMs, nowMs)}`;
  }
}

function left(atMs: number, nowMs: number): string {
  return formatDuration(Math.ceil(Math.max(0, atMs - nowMs) / 1000) * 1000);
}
