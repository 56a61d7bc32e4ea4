import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import type { Finding, FindingObject } from '../analyze/finding.ts';
import type { LiveState } from '../analyze/live-state.ts';
import type { EvidenceBundle, EvidenceItem } from './item.ts';
import { messageOf } from '../api/errors.ts';
import { SecretMask } from '../api/secret-mask.ts';
import { auditObject } from '../analyze/audit.ts';
import { diagnose, type Diagnosis } from '../analyze/diagnose.ts';
import { findLive } from '../analyze/find-live.ts';
import { numberAt, textAt } from '../analyze/json-fields.ts';
import { readLiveState, stateAlone } from '../analyze/live-state.ts';
import { describeObject, refOf } from '../analyze/object-name.ts';
import { quoteText } from '../analyze/quote-text.ts';
import { canonicalJson } from './canonical-json.ts';
import { containersText, statusesOf } from './containers-text.ts';
import { eventsText } from './events-text.ts';
import { freeTexts, withoutFreeText } from './free-text.ts';
import { compareItems, uniqueRefs } from './item.ts';
import { logTail } from './log-tail.ts';
import { namesOf } from './names-of.ts';
import { objectSecrets } from './object-secrets.ts';
import { changesText, ownersOf } from './owners.ts';
import { trimObject } from './trim-object.ts';
import { usedSecrets } from './used-secrets.ts';

/** The log of one container of a Pod; `previous` is that of the run before its last restart. Throws SluiceError. */
export type ReadLog = (pod: ObjectRef, container: string, previous: boolean) => Promise<string>;

export interface CollectOptions {
  readonly nowMs: number;
  readonly logs?: ReadLog;
  /** Logs, metrics and texts that the user gives. */
  readonly given?: readonly EvidenceItem[];
  /** Leaves annotations of objects out that say something in words: they may be meant for whoever judges the object. */
  readonly withoutFreeText?: boolean;
}

/** Pods that are shown one by one; the others are of the same template. */
const shownPods = 5;
const shownLogs = 4;

/**
 * All evidence about one object, in canonical order: the same state gives the same bundle. What could not be read is an
 * item of kind `note`; only a reference that cannot be read at all leaves nothing else. Nothing is masked yet.
 */
export async function collectEvidence(
  target: KubeObject | ObjectRef,
  clusters: readonly ReadOnlyCluster[],
  options: CollectOptions,
): Promise<EvidenceBundle> {
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const state = await stateOf(target, clusters, note);
  const cluster = clusters.find((each) => each.name === state?.cluster?.name);
  const owners =
    state === undefined || cluster === undefined ? [] : await ownersOf(cluster, state.object, note);
  const shown = (object: KubeObject): KubeObject =>
    options.withoutFreeText === true ? withoutFreeText(object) : object;
  const found =
    state === undefined ? nothing : foundIn({ ...state, object: shown(state.object) }, owners, options, note);
  const changes = state === undefined ? [] : await changeItems(state, owners, cluster, shown, note);
  const logs = state === undefined ? [] : await logItems(state, options.logs, note);
  const seen = state === undefined ? [] : [state.object, ...state.owned, ...state.pods, ...owners];
  const used = cluster === undefined ? [] : await usedSecrets(cluster, seen, note);
  const secrets = new SecretMask();
  for (const value of objectSecrets([...seen, ...used, ...changes.flatMap((change) => change.objects)]))
    secrets.add(value);
  const items = [
    ...found.items,
    ...logs,
    ...changes.map((change) => change.item),
    ...(options.given ?? []),
    ...notes.map((text, index): EvidenceItem => ({ kind: 'note', ref: `not checked ${index + 1}`, text })),
  ];
  return {
    target: state === undefined ? (target as ObjectRef) : refOf(state.object, state.cluster?.name ?? ''),
    items: uniqueRefs(items.toSorted(compareItems)),
    findings: found.findings,
    ...(found.diagnosis === undefined ? {} : { diagnosis: found.diagnosis }),
    owners: owners.map((object) => refOf(object, cluster?.name ?? '')),
    parts: state === undefined ? [] : partsOf(state),
    unshown: options.withoutFreeText === true ? annotationItems(seen) : [],
    secrets,
    names: namesOf(seen),
  };
}

function partsOf({ object, owned, pods, cluster }: LiveState): readonly FindingObject[] {
  const parts = [...owned, ...pods].filter((each) => each !== object);
  return parts.map((each) => refOf(each, cluster?.name ?? ''));
}

function annotationItems(objects: readonly KubeObject[]): readonly EvidenceItem[] {
  return objects.flatMap((object) => {
    const texts = freeTexts(object);
    const ref = `annotations of ${describeObject(object)}`;
    return texts.length === 0 ? [] : [{ kind: 'text' as const, ref, text: texts.join('\n') }];
  });
}

async function stateOf(
  target: KubeObject | ObjectRef,
  clusters: readonly ReadOnlyCluster[],
  note: (text: string) => void,
): Promise<LiveState | undefined> {
  if ('metadata' in target) {
    const lookup = await findLive(clusters, target);
    if (lookup.kind === 'live') return lookup.state;
    note(`live state: ${lookup.reason}`);
    return stateAlone(target);
  }
  const { cluster: name, ...ref } = target;
  const cluster = clusters.find((each) => each.name === name);
  const what = `${ref.kind} ${ref.namespace === undefined ? '' : `${ref.namespace}/`}${ref.name}`;
  try {
    const object = await cluster?.get(ref);
    if (cluster !== undefined && object !== undefined) return await readLiveState(cluster, object);
    note(
      cluster === undefined ? `there is no cluster "${name}" to read ${what} from` : `${what} does not exist`,
    );
  } catch (error) {
    note(`cannot read ${what}: ${quoteText(messageOf(error), 200)}`);
  }
  return undefined;
}

interface Found {
  readonly items: readonly EvidenceItem[];
  readonly findings: readonly Finding[];
  readonly diagnosis?: Diagnosis;
}

const nothing: Found = { items: [], findings: [] };

function foundIn(
  state: LiveState,
  owners: readonly KubeObject[],
  { nowMs }: CollectOptions,
  note: (text: string) => void,
): Found {
  const { object } = state;
  const name = describeObject(object);
  for (const text of state.notChecked) note(text);
  const diagnosis = diagnose(state, nowMs);
  const { causes, consequences } = diagnosis;
  const audit = auditObject(object, state.cluster?.name ?? '');
  const written = audit.kind === 'audited' ? audit.findings : [];
  const pods = worstFirst(state.pods).slice(0, shownPods);
  if (state.pods.length > pods.length)
    note(`${pods.length} of ${state.pods.length} Pods are shown, the worst`);
  const events = eventsText(state.events);
  const items: readonly EvidenceItem[] = [
    { kind: 'object', ref: name, text: canonicalJson(trimObject(object)) },
    ...findingItem('causes', causes),
    ...findingItem('consequences', consequences),
    ...findingItem('how it is written', written),
    ...(events === '' ? [] : [{ kind: 'events' as const, ref: `events of ${name}`, text: events }]),
    ...pods.map((pod): EvidenceItem => ({
      kind: 'containers',
      ref: `containers of ${describeObject(pod)}`,
      text: containersText(pod),
    })),
    ...(owners.length === 0
      ? []
      : [{ kind: 'owner' as const, ref: `owners of ${name}`, text: owners.map(describeObject).join('\n') }]),
  ];
  return { items, findings: [...causes, ...consequences, ...written], diagnosis };
}

function findingItem(ref: string, findings: readonly Finding[]): readonly EvidenceItem[] {
  if (findings.length === 0) return [];
  const lines = findings.map((finding) => {
    const place = finding.fieldPath === undefined ? '' : ` (${finding.fieldPath})`;
    const seen = finding.evidence.map((each) => `\n  ${each.source}: ${each.text}`).join('');
    return `[${finding.severity}] ${finding.id}${place}: ${finding.text}${seen}`;
  });
  return [{ kind: 'finding', ref: `findings: ${ref}`, text: lines.join('\n') }];
}

interface Change {
  readonly item: EvidenceItem;
  readonly objects: readonly KubeObject[];
}

/** Revisions of the Deployment that the object is, or belongs to. */
async function changeItems(
  state: LiveState,
  owners: readonly KubeObject[],
  cluster: ReadOnlyCluster | undefined,
  shown: (object: KubeObject) => KubeObject,
  note: (text: string) => void,
): Promise<readonly Change[]> {
  const deployment = [state.object, ...owners].find((each) => each.kind === 'Deployment');
  if (deployment === undefined || cluster === undefined) return [];
  let sets = state.owned;
  if (deployment !== state.object) {
    const namespace = textAt(deployment, 'metadata', 'namespace');
    try {
      sets = await cluster.list({ apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace });
    } catch (error) {
      note(`cannot list ReplicaSet: ${quoteText(messageOf(error), 200)}`);
    }
  }
  const text = changesText(deployment, sets.map(shown));
  if (text === '') return [];
  return [
    { item: { kind: 'change', ref: `revisions of ${describeObject(deployment)}`, text }, objects: sets },
  ];
}

async function logItems(
  state: LiveState,
  logs: ReadLog | undefined,
  note: (text: string) => void,
): Promise<readonly EvidenceItem[]> {
  if (logs === undefined || state.cluster === undefined) return [];
  const cluster = state.cluster.name;
  const wanted = worstFirst(state.pods)
    .flatMap((pod) =>
      statusesOf(pod)
        .filter((status) => badness(status) > 0)
        .map((status) => ({ pod, status })),
    )
    .slice(0, shownLogs);
  const items = await Promise.all(
    wanted.map(async ({ pod, status }): Promise<EvidenceItem | undefined> => {
      const container = textAt(status, 'name');
      const previous =
        textAt(status, 'lastState', 'terminated', 'finishedAt') !== '' &&
        textAt(status, 'state', 'terminated', 'finishedAt') === '';
      const ref = `${previous ? 'previous log' : 'log'} of container ${quoteText(container, 63)} in ${describeObject(pod)}`;
      try {
        const text = logTail(await logs(refOf(pod, cluster), container, previous));
        return text === '' ? undefined : { kind: 'log', ref, text };
      } catch (error) {
        note(`cannot read the ${ref}: ${quoteText(messageOf(error), 200)}`);
        return undefined;
      }
    }),
  );
  return items.filter((item) => item !== undefined);
}

function worstFirst(pods: readonly KubeObject[]): readonly KubeObject[] {
  const worst = (pod: KubeObject): number => Math.max(0, ...statusesOf(pod).map(badness));
  return pods.toSorted((a, b) => worst(b) - worst(a));
}

/** 0 for a container that never failed. */
function badness(status: unknown): number {
  const code = numberAt(status, 'state', 'terminated', 'exitCode') ?? 0;
  const last = numberAt(status, 'lastState', 'terminated', 'exitCode') ?? 0;
  const waits = textAt(status, 'state', 'waiting', 'reason') === 'CrashLoopBackOff' ? 3 : 0;
  return (
    waits +
    (code === 0 ? 0 : 2) +
    (last === 0 ? 0 : 1) +
    Math.min(numberAt(status, 'restartCount') ?? 0, 1000) / 1000
  );
}
