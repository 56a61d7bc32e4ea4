import type { Analysis, NotChecked } from '../../analyze/cluster/analyze-cluster.ts';
import type { Analyzer } from '../../analyze/cluster/analyzer.ts';
import { isSnapshotKind } from '../../analyze/cluster/kinds.ts';
import { defaultAnalyzers } from '../../analyze/cluster/default-analyzers.ts';
import { knownAnalyzers } from '../../analyze/cluster/known-analyzers.ts';
import { isAtLeast } from '../../analyze/finding.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import { incidentsTouching } from '../../analyze/incident/touching.ts';
import { mayHide } from '../../analyze/verdict.ts';
import type { Json } from '../../api/json.ts';
import type { ObjectRef } from '../../api/kube-object.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { collectEvidence, type ReadLog } from '../../evidence/collect.ts';
import type { EvidenceBundle, ItemKind } from '../../evidence/item.ts';
import { secretsHidden } from '../../evidence/show-texts.ts';
import { mapTexts } from '../../ops/map-texts.ts';
import { analyzeAround } from './analyze-around.ts';
import { causesOf } from './causes-of.ts';
import type { Cause, Health, Investigation, Quoted } from './investigation.ts';

export interface InvestigateOptions {
  readonly nowMs: number;
  /** Of each log so many lines are read at most; 0: none is. */
  readonly logLines: number;
}

export interface Investigated {
  readonly investigation: Investigation;
  /** What a model may be asked about, the object itself last; nothing in it is masked. */
  readonly bundles: readonly EvidenceBundle[];
  /** Those that touch the object, worst first. */
  readonly incidents: readonly Incident[];
}

/**
 * Finds out by rules what is wrong with an object that is there: the incidents of its namespace that it belongs to, and a
 * closer look at itself. Throws SluiceError `environment` where the cluster cannot be reached.
 */
export async function investigate(
  cluster: ReadOnlyCluster,
  ref: Omit<ObjectRef, 'cluster'>,
  { nowMs, logLines }: InvestigateOptions,
): Promise<Investigated> {
  const target = { cluster: cluster.name, ...ref };
  const namespace = ref.kind === 'Namespace' ? ref.name : ref.namespace;
  const analyzers = analyzersFor(ref.kind);
  const options = { nowMs, withoutFreeText: true, ...logsOf(cluster, logLines) };
  const [bundle, analysis] = await Promise.all([
    collectEvidence(target, [cluster], options),
    analyzeAround(cluster, ref, {
      analyzers,
      nowMs,
      ...(namespace === undefined ? {} : { namespace }),
    }),
  ]);
  const incidents =
    ref.kind === 'Namespace'
      ? analysis.incidents
      : incidentsTouching(analysis.incidents, [target, ...bundle.parts]);
  const around = incidentsTouching(analysis.incidents, bundle.owners).filter(
    (incident) => !incidents.includes(incident),
  );
  const workload = workloadToLookAt(target, incidents[0]);
  const bundles = [
    ...(workload === undefined ? [] : [await collectEvidence(workload, [cluster], options)]),
    bundle,
  ];
  const causes = causesOf(bundles, incidents);
  const gaps = gapsOf(analysis, analyzers, [target, ...bundle.parts, ...bundle.owners]);
  const notes = quoted(bundles, 'note').map(({ text }) => text);
  const investigation: Investigation = {
    object: bundle.target,
    health: healthOf(bundle, causes, gaps, analysis, ref),
    owners: bundle.owners,
    causes,
    around: around.map(({ root: { object, id, severity, text } }) => ({ object, id, severity, text })),
    changes: quoted(bundles, 'change'),
    events: quoted(bundles.slice(0, 1), 'events'),
    logs: quoted(bundles, 'log'),
    notChecked: [...new Set([...notes, ...gaps.filter((gap) => !isTold(gap, notes)).map(gapText)])],
    mayHide: notes.length > 0 || gaps.some(mayHide),
  };
  return { investigation: withoutSecrets(investigation, bundles), bundles, incidents };
}

const workloads: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet']);

/** What owns the Pods that are the cause: it says more about them than the Service, Ingress or Pod that was asked about. */
function workloadToLookAt(target: ObjectRef, worst: Incident | undefined): ObjectRef | undefined {
  if (worst === undefined || workloads.has(target.kind)) return undefined;
  const { object, parent } = worst.root;
  const [kind = object.kind, name = object.name] = parent?.split('/') ?? [];
  if (!workloads.has(kind)) return undefined;
  const { cluster, namespace } = object;
  return { cluster, apiVersion: 'apps/v1', kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/** The default ones, and those that judge such objects. */
function analyzersFor(kind: string): readonly Analyzer[] {
  return knownAnalyzers.filter(
    (analyzer) =>
      defaultAnalyzers.includes(analyzer) ||
      (analyzer.judges.some((judged) => judged === kind) && !ofOthers.has(analyzer.name)),
  );
}

/** How objects are written is told by an audit, and logs are read anyhow. */
const ofOthers: ReadonlySet<string> = new Set(['Security', 'Log']);

const largestLog = 512 * 1024;
/** For the lines round a failure, which may stand well before the end. */
const leastLines = 200;

function logsOf(cluster: ReadOnlyCluster, lines: number): { readonly logs?: ReadLog } {
  if (cluster.podLog === undefined || lines === 0) return {};
  const maxLines = Math.max(lines, leastLines);
  return {
    logs: async (pod, container, previous) =>
      (await cluster.podLog?.(pod, { container, previous, maxLines, maxBytes: largestLog })) ?? '',
  };
}

/** Of those kinds that the object and what belongs to it are of. What is not there or was not handed over hides nothing. */
function gapsOf(
  { notChecked }: Analysis,
  analyzers: readonly Analyzer[],
  objects: readonly Pick<ObjectRef, 'kind'>[],
): readonly NotChecked[] {
  const kinds = new Set(objects.map(({ kind }) => kind));
  const isOfAll = kinds.has('Namespace');
  const names = new Set(
    analyzers
      .filter(({ judges }) => isOfAll || judges.some((kind) => kinds.has(kind)))
      .map(({ name }) => name),
  );
  return notChecked.filter((gap) => gap.reason !== 'NotInstalled' && names.has(gap.analyzer));
}

/** Both looks at the object may have been refused the same list, with the same words. */
function isTold({ text }: NotChecked, notes: readonly string[]): boolean {
  return notes.some((note) => note.endsWith(`: ${text}`));
}

function gapText({ verb, resource, reason, text }: NotChecked): string {
  return `cannot ${verb} ${resource} (${reason}): ${text}`;
}

function healthOf(
  { diagnosis }: EvidenceBundle,
  causes: readonly Cause[],
  gaps: readonly NotChecked[],
  { checked }: Analysis,
  { apiVersion, kind }: Pick<ObjectRef, 'apiVersion' | 'kind'>,
): Health {
  if (causes.some(({ severity }) => isAtLeast(severity, 'medium'))) return 'broken';
  if (diagnosis?.health === 'progressing') return 'progressing';
  // By its own conditions, of a kind that owns nothing that rules know.
  if (diagnosis?.health === 'healthy' && !isSnapshotKind(apiVersion, kind)) return 'healthy';
  if (diagnosis === undefined || diagnosis.notChecked.length > 0 || gaps.some(mayHide)) return 'unknown';
  if (diagnosis.health === 'healthy') return 'healthy';
  // A Deployment, a Pod or a Job shows by its status that it does well; of others it counts that rules have looked.
  if (showsHealth.has(kind)) return 'unknown';
  const judges = new Set(
    knownAnalyzers.filter((each) => each.judges.some((judged) => judged === kind)).map(({ name }) => name),
  );
  const isJudged = kind === 'Namespace' || checked.some(({ analyzer }) => judges.has(analyzer));
  return isJudged ? 'healthy' : 'unknown';
}

const showsHealth: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
]);

/** Each once, though two objects may have it. */
function quoted(bundles: readonly EvidenceBundle[], kind: ItemKind): readonly Quoted[] {
  const items = bundles.flatMap((bundle) => bundle.items).filter((item) => item.kind === kind);
  const byText = new Map(items.map(({ ref, text }) => [text, { ref, text }]));
  return [...byText.values()];
}

/** Names of objects stay as they are: they are what is asked about. */
function withoutSecrets(investigation: Investigation, bundles: readonly EvidenceBundle[]): Investigation {
  const { object, owners } = investigation;
  const texts: string[] = [];
  mapTexts(investigation as unknown as Json, (text) => (texts.push(text), text));
  const hide = secretsHidden(
    texts,
    bundles.map(({ secrets }) => secrets),
  );
  const names = new Set([object, ...owners].flatMap(({ name, namespace = '' }) => [name, namespace]));
  const shown = mapTexts(investigation as unknown as Json, (text) => (names.has(text) ? text : hide(text)));
  return { ...(shown as unknown as Investigation), object, owners };
}
