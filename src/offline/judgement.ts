import type { KubeObject } from '../api/kube-object.ts';
import type { Audit } from '../analyze/audit.ts';
import type { Diagnosis } from '../analyze/diagnose.ts';
import type { Finding } from '../analyze/finding.ts';
import type { Lookup } from '../analyze/find-live.ts';
import type { LiveState } from '../analyze/live-state.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import { auditObject } from '../analyze/audit.ts';
import { diagnose } from '../analyze/diagnose.ts';
import { isRolledOut, progressOf } from '../analyze/diagnosis/rollout-progress.ts';
import { findLive } from '../analyze/find-live.ts';
import { numberAt } from '../analyze/json-fields.ts';
import { stateAlone } from '../analyze/live-state.ts';

/** All that the rules say about one object. */
export interface Judgement {
  readonly state: LiveState;
  readonly lookup: Lookup['kind'];
  readonly diagnosis: Diagnosis;
  readonly audit: Audit;
  /** What the reader must know about how it was judged; may be empty. */
  readonly notes: readonly string[];
}

export async function judge(
  object: KubeObject,
  clusters: readonly ReadOnlyCluster[],
  nowMs: number,
): Promise<Judgement> {
  const lookup = await findLive(clusters, object);
  const state = lookup.kind === 'live' ? lookup.state : stateAlone(object, [`live state: ${lookup.reason}`]);
  const audit = auditObject(state.object, state.cluster?.name ?? '');
  const diagnosis = diagnose(state, nowMs);
  const notes = [...changedSince(object, state), ...finishedSince(object, diagnosis)];
  return { state, lookup: lookup.kind, diagnosis, audit, notes };
}

/** The live object is judged, so it must not go unsaid that somebody has changed it after the prompt was written. */
function changedSince(asked: KubeObject, state: LiveState): readonly string[] {
  const before = numberAt(asked, 'metadata', 'generation');
  const after = numberAt(state.object, 'metadata', 'generation');
  if (state.cluster === undefined || before === undefined || after === undefined || before === after)
    return [];
  return [
    `The live object was judged; its spec has changed since the prompt was written (generation ${after}, in the prompt ${before}).`,
  ];
}

/** The common reason for a diagnosis of something healthy: a step that waited too short a time. */
function finishedSince(asked: KubeObject, diagnosis: Diagnosis): readonly string[] {
  const before = progressOf(asked);
  if (diagnosis.health !== 'healthy' || before === undefined || isRolledOut(before)) return [];
  return [
    'It was still being rolled out when the prompt was written, and has finished since: if a step timed out on it, give that step more time.',
  ];
}

/** What counts in a score: the causes (not what follows from them) and how the object is written. */
export function scoredFindings(judgement: Judgement): readonly Finding[] {
  const written = judgement.audit.kind === 'audited' ? judgement.audit.findings : [];
  return [...judgement.diagnosis.causes, ...written];
}
