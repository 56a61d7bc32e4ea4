import type { KubeObject } from '../../api/kube-object.ts';
import type { KubeEvent } from '../events.ts';
import type { Evidence } from '../finding.ts';
import { textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { quoteMasked, secretValuesOf } from '../secret-values.ts';
import type { SnapshotKind } from './kinds.ts';
import type { LogWish } from './logs/log-wishes.ts';
import type { ContainerLogs } from './logs/read-logs.ts';
import type { ReadGap } from './read-gap.ts';
import type { Snapshot } from './snapshot.ts';

const podOwners: ReadonlySet<string> = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
]);

/**
 * One object and what is joined to it. A question whose kind could not be read answers `undefined` and is noted: the
 * analyzer then says nothing, and the object counts as not checked.
 */
export class Look {
  readonly object: KubeObject;
  readonly nowMs: number;
  readonly #snapshot: Snapshot;
  readonly #logs: ContainerLogs | undefined;
  readonly #missed = new Set<ReadGap>();

  /** Without `logs` none may be asked for. */
  constructor(object: KubeObject, snapshot: Snapshot, nowMs: number, logs?: ContainerLogs) {
    this.object = object;
    this.#logs = logs;
    this.nowMs = nowMs;
    this.#snapshot = snapshot;
  }

  get name(): string {
    return textAt(this.object, 'metadata', 'name');
  }

  get namespace(): string {
    return textAt(this.object, 'metadata', 'namespace');
  }

  /** What was asked for and could not be read. */
  get missed(): ReadonlySet<ReadGap> {
    return this.#missed;
  }

  /** Whether the namespace belongs to what was asked for. */
  covers(namespace: string): boolean {
    return this.#snapshot.namespace === undefined || this.#snapshot.namespace === namespace;
  }

  /** Undefined also for a namespace that was not asked for; `''` for kinds without one. */
  find(kind: SnapshotKind, namespace: string, name: string): KubeObject | 'absent' | undefined {
    if (namespace !== '' && !this.covers(namespace)) {
      this.#missed.add(this.#snapshot.outside(kind));
      return undefined;
    }
    return this.#canRead(kind) ? (this.#snapshot.find(kind, namespace, name) ?? 'absent') : undefined;
  }

  all(kind: SnapshotKind): readonly KubeObject[] | undefined {
    return this.#canRead(kind) ? this.#snapshot.all(kind) : undefined;
  }

  /** The same, where an unread kind only makes the judgement poorer, not wrong. */
  known(kind: SnapshotKind): readonly KubeObject[] {
    return this.#snapshot.all(kind);
  }

  /** All of them; none for a kind that is in no file; undefined where the cluster did not say. */
  givenOf(kind: SnapshotKind): readonly KubeObject[] | undefined {
    return this.isGiven(kind) ? this.all(kind) : [];
  }

  /** All of them; none for a kind that the cluster does not serve. */
  servedOf(kind: SnapshotKind): readonly KubeObject[] | undefined {
    return this.#snapshot.gap(kind)?.reason === 'NotInstalled' ? [] : this.all(kind);
  }

  /** False for a kind that is in none of the files. */
  isGiven(kind: SnapshotKind): boolean {
    return this.#snapshot.gap(kind)?.reason !== 'NotGiven';
  }

  /** The Pods that the object owns itself or through its ReplicaSets; those that are known. */
  ownPods(): readonly KubeObject[] {
    const sets = this.object.kind === 'Deployment' ? this.#snapshot.ownedBy('ReplicaSet', this.object) : [];
    return [this.object, ...sets].flatMap((owner) => this.#snapshot.ownedBy('Pod', owner));
  }

  /** Objects of its kind that have an owner of this uid, itself among them; none for ''. */
  alsoOwnedBy(uid: string): readonly KubeObject[] {
    const owner = { apiVersion: '', kind: '', metadata: { uid } };
    return this.#snapshot.ownedBy(this.object.kind as SnapshotKind, owner);
  }

  selectedPods(service: KubeObject): readonly KubeObject[] | undefined {
    return this.#canRead('Pod') ? this.#snapshot.selectedBy(service) : undefined;
  }

  slices(service: KubeObject): readonly KubeObject[] | undefined {
    return this.#canRead('EndpointSlice') ? this.#snapshot.slicesOf(service) : undefined;
  }

  /** Oldest first; empty where Events could not be read, which is noted. */
  events(): readonly KubeEvent[] {
    return this.#canRead('Event') ? this.#snapshot.eventsOf(this.object) : [];
  }

  /** The end of a log of the Pod that the analyzer wished for. */
  log(wish: Pick<LogWish, 'container' | 'previous'>): string | undefined {
    const log = this.#logs?.of(this.object, wish);
    if (typeof log !== 'object') return log;
    this.#missed.add(log);
    return undefined;
  }

  /** A text from outside on one line, without values of the object's environment variables. */
  quote(text: string): string {
    if (text === '') return '';
    return quoteMasked(text, secretValuesOf([this.object, ...this.#podsWithText()]));
  }

  evidence(event: KubeEvent): Evidence {
    const times = event.count > 1 ? ` (${event.count}x)` : '';
    return {
      source: `Event ${quoteText(event.reason, 60)}${times} on ${event.about}`,
      text: this.quote(event.message),
    };
  }

  /** Messages about an object may repeat what the environment of its Pods holds. */
  #podsWithText(): readonly KubeObject[] {
    return podOwners.has(this.object.kind) ? this.ownPods().slice(0, 1) : [];
  }

  #canRead(kind: SnapshotKind): boolean {
    const gap = this.#snapshot.gap(kind);
    if (gap !== undefined) this.#missed.add(gap);
    return gap === undefined;
  }
}
