import { daemonSetRules } from './daemon-set.ts';
import { minReadyMsOf, momentOf, openReadyTimes, type ReadyTimes } from './set-moment.ts';
import type { SetAction, SetRules } from './set-rules.ts';
import { statefulSetRules } from './stateful-set.ts';
import { isRemembered, withNote, type EventNote } from '../events.ts';
import { killingEvents, podEvents } from '../pods/pod-events.ts';
import { observed, withPod, type PodSet, type SetOwner, type SetPod } from './pod-set.ts';
import { podSeedOf } from './set-pod-seed.ts';

/** A controller needs a moment to see what was written. */
const observedAfterMs = 20;
const longestHistory = 200;

/** The set at `now`: what its controller would have done since. Advancing in two steps comes to the same as in one. */
export function advancePodSet(set: PodSet, owner: SetOwner, now: number): PodSet {
  const pass = new Pass(set, owner);
  for (let nextMs = pass.nextMs(); nextMs <= now; nextMs = pass.nextMs()) pass.step(nextMs);
  return pass.set;
}

/** When the set changes next by itself; Infinity: never. */
export function nextPodSetMs(set: PodSet, owner: SetOwner): number {
  return new Pass(set, owner).nextMs();
}

/** A Pod was deleted by a person: its controller makes another. `set` is advanced to `now`. */
export function deleteSetPod(set: PodSet, owner: SetOwner, name: string, now: number): PodSet {
  const pass = new Pass(set, owner);
  pass.deletePod(name, now);
  return pass.set;
}

/** One walk through time. The only thing here that changes in place is `set`, and it is replaced, not altered. */
class Pass {
  set: PodSet;
  readonly #owner: SetOwner;
  readonly #rules: SetRules;
  readonly #readyMs: ReadyTimes;

  constructor(set: PodSet, owner: SetOwner) {
    this.set = set;
    this.#owner = owner;
    this.#readyMs = openReadyTimes(owner);
    this.#rules = set.kind === 'StatefulSet' ? statefulSetRules : daemonSetRules;
  }

  nextMs(): number {
    const { set } = this;
    const minReadyMs = minReadyMsOf(set);
    const times = set.generation > set.observedGeneration ? [set.specAtMs + observedAfterMs] : [];
    for (const pod of set.pods) {
      const readyMs = this.#readyMs(set, pod);
      if (readyMs !== undefined) times.push(readyMs, readyMs + minReadyMs);
    }
    return times.reduce((least, ms) => (ms > set.atMs && ms < least ? ms : least), Infinity);
  }

  step(atMs: number): void {
    this.set = { ...this.set, atMs };
    const { generation, observedGeneration, specAtMs } = this.set;
    if (generation > observedGeneration && atMs >= specAtMs + observedAfterMs) this.set = observed(this.set);
    this.#reconcile();
  }

  deletePod(name: string, now: number): void {
    this.set = { ...this.set, atMs: now };
    const pod = this.set.pods.find((each) => each.name === name);
    if (pod === undefined) return;
    this.#remove(pod);
    this.#reconcile();
  }

  /** What the controller does until nothing is left to do at this moment. */
  #reconcile(): void {
    const { set } = this;
    if (set.observedGeneration === 0) return;
    for (;;) {
      const action = this.#rules.nextAction(momentOf(this.set, this.#owner, this.#readyMs));
      if (action === undefined) break;
      this.#do(action);
    }
    this.set = { ...this.set, changes: this.set.changes + 1 };
  }

  #do(action: SetAction): void {
    const { name: setName } = this.#owner;
    if (action.kind === 'complete') {
      const { revisions, update } = this.set;
      this.set = {
        ...this.set,
        current: update,
        revisions: revisions.filter(({ hash }) => hash === update),
      };
      return;
    }
    if (action.kind === 'delete') {
      const { pod, claims } = action;
      this.#remove(pod);
      this.set = { ...this.set, claims: this.set.claims.filter((claim) => !claims.includes(claim)) };
      this.#note('SuccessfulDelete', this.#rules.deletedMessage(pod.name, setName));
      return;
    }
    const { name, ordinal, revision, claims } = action;
    for (const claim of claims) {
      const message = `create Claim ${claim.name} Pod ${name} in ${this.#rules.kind} ${setName} success`;
      this.#note('SuccessfulCreate', message);
    }
    this.set = withPod({ ...this.set, claims: [...this.set.claims, ...claims] }, this.#owner, {
      name,
      ordinal,
      revision,
    });
    this.#note('SuccessfulCreate', this.#rules.createdMessage(name, setName));
  }

  #remove(pod: SetPod): void {
    const seed = podSeedOf(this.set, pod, this.#owner);
    // What a Pod's Events said stays for a while after it is gone.
    const { atMs } = this.set;
    const last = [...podEvents(seed, atMs), ...killingEvents(seed, atMs)];
    const notes = [...this.set.notes, ...last].filter((note) => isRemembered(note, atMs));
    const pods = this.set.pods.filter((each) => each !== pod);
    this.set = { ...this.set, pods, notes: notes.slice(-longestHistory) };
  }

  #note(reason: string, message: string): void {
    const { name, namespace, uid } = this.#owner;
    const { atMs } = this.set;
    const note: EventNote = {
      regarding: { apiVersion: 'apps/v1', kind: this.#rules.kind, namespace, name, uid },
      type: 'Normal',
      reason,
      message,
      component: this.#rules.component,
      firstMs: atMs,
      lastMs: atMs,
      count: 1,
    };
    this.set = { ...this.set, notes: withNote(this.set.notes, note, longestHistory) };
  }
}
