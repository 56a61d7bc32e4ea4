import type { KubeEvent } from '../analyze/events.ts';
import { compareText } from '../cluster/object-order.ts';

/** Events of one kind, reason and message are one line, with how often and when last; newest first. */
export function eventsText(events: readonly KubeEvent[]): string {
  const groups = new Map<string, KubeEvent>();
  for (const event of events) {
    const key = JSON.stringify([event.type, event.reason, event.about, event.fieldPath, event.message]);
    const known = groups.get(key);
    groups.set(
      key,
      known === undefined ? event : { ...newer(known, event), count: known.count + event.count },
    );
  }
  return [...groups.entries()]
    .toSorted(([keyA, a], [keyB, b]) => b.lastSeenMs - a.lastSeenMs || compareText(keyA, keyB))
    .map(([, event]) => line(event))
    .join('\n');
}

function newer(a: KubeEvent, b: KubeEvent): KubeEvent {
  return b.lastSeenMs > a.lastSeenMs ? b : a;
}

function line(event: KubeEvent): string {
  const time = event.lastSeenMs === 0 ? 'no time' : new Date(event.lastSeenMs).toISOString();
  const part = event.fieldPath === '' ? '' : ` ${event.fieldPath}`;
  return `${time} ${event.type} ${event.reason} (${event.count}x) on ${event.about}${part}: ${event.message.replace(/\s+/g, ' ')}`;
}
