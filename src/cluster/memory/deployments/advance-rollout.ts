import type { JsonObject } from '../../../api/json.ts';
import { derivedUid } from '../derived-identity.ts';
import { isRemembered, type EventNote } from '../events.ts';
import { numberAt, objectAt, textAt, valueAt } from '../../json-reading.ts';
import { killingEvents, podEvents } from '../pods/pod-events.ts';
import { templateHash } from '../pods/template-hash.ts';
import { nextConditions } from './rollout-conditions.ts';
import { newSetSize, oldSetSizes, rollingLimits, type SetSize } from './rolling-update.ts';
import type { Counts, PodState, Rollout, RolloutOwner, SetState } from './rollout.ts';
import { openReadyTimes, podSeed, resizePods } from './set-pods.ts';

/** A controller needs a moment to see what was written. */
const observedAfterMs = 20;
const longestHistory = 400;

/**
 * The rollout at `now`: what a Deployment controller and a ReplicaSet controller would have done since. Advancing in two
 * steps comes to the same as in one.
 */
export function advanceRollout(rollout: Rollout, owner: RolloutOwner, now: number): Rollout {
  const pass = new Pass(rollout, owner);
  for (let nextMs = pass.nextMs(); nextMs <= now; nextMs = pass.nextMs()) pass.step(nextMs);
  return pass.rollout;
}

/** When the rollout changes next by itself; Infinity: never. */
export function nextRolloutMs(rollout: Rollout, owner: RolloutOwner): number {
  return new Pass(rollout, owner).nextMs();
}

/** A new spec was written; the controller sees it a moment later. `rollout` is advanced to `now`. */
export function changeSpec(
  rollout: Rollout,
  spec: JsonObject,
  generation: number,
  outcomes: Rollout['outcomes'],
  now: number,
): Rollout {
  return { ...rollout, atMs: now, spec, generation, outcomes, specAtMs: now, changes: 0 };
}

/** A Pod was deleted by a person: its ReplicaSet makes another. `rollout` is advanced to `now`. */
export function deletePod(rollout: Rollout, owner: RolloutOwner, name: string, now: number): Rollout {
  const pass = new Pass(rollout, owner);
  pass.deletePod(name, now);
  return pass.rollout;
}

/** A ReplicaSet was deleted by a person: the Deployment makes another when it needs it. */
export function deleteSet(rollout: Rollout, owner: RolloutOwner, name: string, now: number): Rollout {
  const pass = new Pass(rollout, owner);
  pass.deleteSet(name, now);
  return pass.rollout;
}

/** One walk through time. The only thing here that changes in place is `rollout`, and it is replaced, not altered. */
class Pass {
  rollout: Rollout;
  readonly #owner: RolloutOwner;
  readonly #readyMs: (set: SetState, pod: PodState) => number | undefined;
  /** Of the current template; the spec does not change on the way. */
  #hash: string | undefined;

  constructor(rollout: Rollout, owner: RolloutOwner) {
    this.rollout = rollout;
    this.#owner = owner;
    this.#readyMs = openReadyTimes(owner);
  }

  nextMs(): number {
    const { rollout } = this;
    const times: number[] = [];
    if (rollout.generation > rollout.observedGeneration) times.push(rollout.specAtMs + observedAfterMs);
    for (const set of rollout.sets) {
      for (const pod of set.pods) {
        const readyMs = this.#readyMs(set, pod);
        if (readyMs !== undefined) times.push(readyMs, readyMs + this.#minReadyMs());
      }
    }
    const deadlineMs = this.#deadlineMs();
    if (deadlineMs !== undefined) times.push(deadlineMs);
    return times.reduce((least, ms) => (ms > rollout.atMs && ms < least ? ms : least), Infinity);
  }

  step(atMs: number): void {
    this.rollout = { ...this.rollout, atMs };
    const { generation, observedGeneration, specAtMs } = this.rollout;
    if (generation > observedGeneration && atMs >= specAtMs + observedAfterMs)
      this.rollout = { ...this.rollout, observedGeneration: generation };
    this.#reconcile();
  }

  deletePod(name: string, now: number): void {
    this.rollout = { ...this.rollout, atMs: now };
    const set = this.rollout.sets.find(({ pods }) => pods.some((pod) => pod.name === name));
    const pod = set?.pods.find((each) => each.name === name);
    if (set === undefined || pod === undefined) return;
    this.#noteEnd(set, pod);
    this.#replaceSet({ ...set, pods: set.pods.filter((each) => each !== pod) });
    this.#reconcile();
  }

  deleteSet(name: string, now: number): void {
    this.rollout = { ...this.rollout, atMs: now };
    const gone = this.rollout.sets.filter((set) => set.name === name);
    for (const set of gone) for (const pod of set.pods) this.#noteEnd(set, pod);
    this.rollout = { ...this.rollout, sets: this.rollout.sets.filter((set) => !gone.includes(set)) };
    this.#reconcile();
  }

  /** What the controllers do until nothing is left to do at this moment. */
  #reconcile(): void {
    if (this.rollout.observedGeneration === 0) return;
    const before = this.rollout;
    const created = this.#chooseNewSet();
    while (this.#scaleOnce());
    for (const set of this.rollout.sets) if (set.pods.length < set.wanted) this.#resize(set, set.wanted);
    this.#forgetOldSets();
    const counts = this.#counts();
    this.rollout = { ...this.rollout, counts };
    this.rollout = nextConditions(before, this.rollout, this.#newSet()?.name, created, this.#deadlineMs());
    this.rollout = { ...this.rollout, changes: this.rollout.changes + 1 };
  }

  /** Makes the ReplicaSet of the current template, or takes up an old one of the same template again. */
  #chooseNewSet(): 'created' | 'found' | 'none' {
    const { spec, sets, setCount, outcomes, atMs } = this.rollout;
    const template = objectAt(spec, 'template');
    const hash = this.#templateHash();
    const newest = sets.reduce((most, set) => Math.max(most, set.revision), 0);
    const found = sets.find((set) => set.hash === hash);
    if (found !== undefined) {
      if (found.revision < newest) {
        const renewed = { ...found, revision: newest + 1, outcomes };
        this.rollout = { ...this.rollout, sets: [...sets.filter((set) => set !== found), renewed] };
        return 'found';
      }
      return 'none';
    }
    if (valueAt(spec, 'paused') === true) return 'none';
    const name = `${this.#owner.name}-${hash}`;
    const set: SetState = {
      hash,
      name,
      uid: derivedUid(this.#owner.uid, 'ReplicaSet', hash, setCount),
      template,
      outcomes,
      revision: newest + 1,
      createdMs: atMs,
      wanted: 0,
      generation: 1,
      pods: [],
      podCount: 0,
    };
    this.rollout = { ...this.rollout, sets: [...sets, set], setCount: setCount + 1 };
    return 'created';
  }

  /** Whether it changed a size. */
  #scaleOnce(): boolean {
    const { spec, sets } = this.rollout;
    const limits = rollingLimits(spec);
    const current = this.#newSet();
    if (current === undefined) {
      // Paused with a template that has no ReplicaSet yet: only the number of replicas is followed.
      const active = sets.findLast((set) => set.wanted > 0) ?? sets.at(-1);
      return active !== undefined && this.#resize(active, limits.replicas);
    }
    const old = sets.filter((set) => set !== current);
    const isRecreate = textAt(spec, 'strategy', 'type') === 'Recreate';
    if (isRecreate) {
      const left = old.find((set) => set.wanted > 0);
      return left === undefined ? this.#resize(current, limits.replicas) : this.#resize(left, 0);
    }
    const sizes = old.map((set) => this.#sizeOf(set));
    if (this.#resize(current, newSetSize(limits, this.#sizeOf(current), sizes))) return true;
    const wanted = oldSetSizes(limits, this.#sizeOf(current), sizes);
    const changed = old.findIndex((set, index) => set.wanted !== wanted[index]);
    const set = old[changed];
    return set !== undefined && this.#resize(set, wanted[changed] ?? 0);
  }

  #resize(set: SetState, wanted: number): boolean {
    const { atMs } = this.rollout;
    const { set: resized, added, removed } = resizePods(set, wanted, atMs, this.#readyMs);
    if (set.wanted === wanted && added.length === 0 && removed.length === 0) return false;
    if (set.wanted !== wanted) {
      const direction = wanted > set.wanted ? 'up' : 'down';
      const message = `Scaled ${direction} replica set ${set.name} from ${set.wanted} to ${wanted}`;
      this.#note('Deployment', this.#owner, 'ScalingReplicaSet', message);
    }
    for (const pod of removed) {
      this.#noteEnd(set, pod);
      this.#note('ReplicaSet', set, 'SuccessfulDelete', `Deleted pod: ${pod.name}`);
    }
    for (const pod of added) this.#note('ReplicaSet', set, 'SuccessfulCreate', `Created pod: ${pod.name}`);
    const isFirst = set.podCount === 0 && set.generation === 1 && set.wanted === 0;
    const generation = set.wanted === wanted || isFirst ? set.generation : set.generation + 1;
    this.#replaceSet({ ...resized, wanted, generation }, set);
    return set.wanted !== wanted;
  }

  #forgetOldSets(): void {
    const { spec, sets } = this.rollout;
    const keep = numberAt(spec, 'revisionHistoryLimit') ?? 10;
    const current = this.#newSet();
    const idle = sets.filter((set) => set !== current && set.wanted === 0);
    const gone = new Set(idle.slice(0, Math.max(0, idle.length - keep)));
    if (gone.size > 0) this.rollout = { ...this.rollout, sets: sets.filter((set) => !gone.has(set)) };
  }

  #newSet(): SetState | undefined {
    const hash = this.#templateHash();
    return this.rollout.sets.find((set) => set.hash === hash);
  }

  #templateHash(): string {
    this.#hash ??= templateHash(objectAt(this.rollout.spec, 'template'));
    return this.#hash;
  }

  #sizeOf(set: SetState): SetSize {
    return { wanted: set.wanted, available: this.#countPods(set, this.#minReadyMs()) };
  }

  #counts(): Counts {
    const { sets } = this.rollout;
    const total = (count: (set: SetState) => number): number =>
      sets.reduce((sum, set) => sum + count(set), 0);
    return {
      replicas: total(({ pods }) => pods.length),
      updated: this.#newSet()?.pods.length ?? 0,
      ready: total((set) => this.#countPods(set, 0)),
      available: total((set) => this.#countPods(set, this.#minReadyMs())),
    };
  }

  /** Pods of the set that have been ready for so long. */
  #countPods(set: SetState, sinceMs: number): number {
    return set.pods.filter((pod) => (this.#readyMs(set, pod) ?? Infinity) + sinceMs <= this.rollout.atMs)
      .length;
  }

  #minReadyMs(): number {
    return (numberAt(this.rollout.spec, 'minReadySeconds') ?? 0) * 1000;
  }

  /** When a rollout without progress counts as failed; undefined when none is under way. */
  #deadlineMs(): number | undefined {
    const { progressing, spec } = this.rollout;
    const seconds = numberAt(spec, 'progressDeadlineSeconds');
    if (progressing?.status !== 'True' || seconds === undefined) return undefined;
    if (progressing.reason === 'NewReplicaSetAvailable') return undefined;
    return progressing.updateMs + seconds * 1000;
  }

  #replaceSet(set: SetState, former?: SetState): void {
    const name = (former ?? set).name;
    this.rollout = {
      ...this.rollout,
      sets: this.rollout.sets.map((each) => (each.name === name ? set : each)),
    };
  }

  /** What a Pod's Events said stays for a while after it is gone. */
  #noteEnd(set: SetState, pod: PodState): void {
    const seed = podSeed(set, pod, this.#owner);
    const { atMs } = this.rollout;
    this.#addNotes([...podEvents(seed, atMs), ...killingEvents(seed, atMs)]);
  }

  #note(
    kind: 'Deployment' | 'ReplicaSet',
    on: { name: string; uid: string },
    reason: string,
    message: string,
  ): void {
    const { atMs } = this.rollout;
    this.#addNotes([
      {
        regarding: {
          apiVersion: 'apps/v1',
          kind,
          namespace: this.#owner.namespace,
          name: on.name,
          uid: on.uid,
        },
        type: 'Normal',
        reason,
        message,
        component: kind === 'Deployment' ? 'deployment-controller' : 'replicaset-controller',
        firstMs: atMs,
        lastMs: atMs,
        count: 1,
      },
    ]);
  }

  #addNotes(notes: readonly EventNote[]): void {
    const { atMs } = this.rollout;
    const kept = [...this.rollout.notes, ...notes].filter((note) => isRemembered(note, atMs));
    this.rollout = { ...this.rollout, notes: kept.slice(-longestHistory) };
  }
}
