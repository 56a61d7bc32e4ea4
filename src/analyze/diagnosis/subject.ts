import type { KubeObject } from '../../api/kube-object.ts';
import type { KubeEvent } from '../events.ts';
import type { Evidence, Finding, FindingObject, Severity } from '../finding.ts';
import type { LiveState } from '../live-state.ts';
import type { Workload } from '../pod-template.ts';
import { commandWord } from '../command-word.ts';
import { refOf } from '../object-name.ts';
import { workloadOf } from '../pod-template.ts';
import { quoteText } from '../quote-text.ts';
import { quoteMasked, secretValuesOf } from '../secret-values.ts';

/** What all checks of one diagnosis share. */
export interface Subject {
  readonly state: LiveState;
  readonly ref: FindingObject;
  /** Undefined for objects that run no Pods themselves, such as a Service. */
  readonly workload: Workload | undefined;
  readonly nowMs: number;
  /** A text from outside on one line, without values of environment variables and Secrets. */
  quote(text: string, limit?: number): string;
}

export function subjectOf(state: LiveState, nowMs: number): Subject {
  const secrets = secretValuesOf([state.object, ...state.owned, ...state.pods]);
  return {
    state,
    ref: refOf(state.object, state.cluster?.name ?? ''),
    workload: workloadOf(state.object),
    nowMs,
    quote: (text, limit) => quoteMasked(text, secrets, limit),
  };
}

/** A finding about how the object does now. */
export function runtimeFinding(
  subject: Subject,
  id: string,
  severity: Severity,
  rest: Omit<Finding, 'id' | 'severity' | 'category' | 'object' | 'evidence'> & {
    readonly evidence?: readonly Evidence[];
  },
): Finding {
  return { id, severity, category: 'runtime', object: subject.ref, evidence: [], ...rest };
}

export function eventEvidence(subject: Subject, event: KubeEvent): Evidence {
  const times = event.count > 1 ? ` (${event.count}x)` : '';
  return {
    source: `Event ${quoteText(event.reason, 60)}${times} on ${event.about}`,
    text: subject.quote(event.message),
  };
}

/** Milliseconds since the object was made; 0 when it does not say. */
export function ageMs(subject: Subject, object: KubeObject): number {
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  return Number.isNaN(created) ? 0 : Math.max(0, subject.nowMs - created);
}

/** `-n default`, or nothing for objects without a namespace. */
export function namespaceFlag(ref: FindingObject): string {
  return ref.namespace === undefined ? '' : ` -n ${commandWord(ref.namespace)}`;
}
