import { isSluiceError, SluiceError } from '../api/errors.ts';
import { isObject, stringifyJson, type Json } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { workflowApiVersion } from '../api/workflow.ts';
import type { AccountClusters } from '../cluster/kubernetes/account-clusters.ts';
import type { ApiClient } from '../cluster/kubernetes/api-client.ts';
import { Reflector } from '../cluster/kubernetes/reflector.ts';
import { isOlder } from '../cluster/kubernetes/resource-version.ts';
import type { GroupTurn } from '../engine/events.ts';
import type { VerdictStore } from '../gate/verdict-store.ts';
import type { HttpClient } from '../net/http-client.ts';
import type { MailClient } from '../net/mail/mail-client.ts';
import type { EvidenceSettings, Op } from '../ops/op.ts';
import type { ModelEnvironment } from '../llm/settings/choose-server.ts';
import type { AnswerParts } from '../runner/answer-effects.ts';
import type { ModelCommons } from '../runner/models/model-commons.ts';
import { liveTraffic } from '../runner/models/model-traffic.ts';
import { openStepServices } from '../runner/step-services.ts';
import { usedClusters } from '../runner/used-clusters.ts';
import { isWhole, type RunRecord } from '../store/cluster/run-record.ts';
import { isOurs, type KubeVelaWatch } from './beside-kubevela.ts';
import { refusalText } from './admission/faults-text.ts';
import type { ControllerLog } from './log/controller-log.ts';
import type { WorkQueue } from './queue/work-queue.ts';
import type { Retention } from './retention.ts';
import type { Rights } from './rights.ts';
import type { ControllerReporter } from './reporter.ts';
import { mayPass, type Planner, type PlannedRun } from './run/plan-run.ts';
import { damaged } from './run/read-run-state.ts';
import { refuseRun } from './run/refuse-run.ts';
import { leaveMs, RunDriver, type TakenRun } from './run/run-driver.ts';
import { failureText, isForGood } from './run/run-failure.ts';
import { readRunWorkflows } from './run/run-workflows.ts';
import { RunLost } from './run/run-writer.ts';
import { listRuns } from './run/list-runs.ts';
import { RunGroups } from './run/run-groups.ts';
import { keyOf, watchedRun, type WatchedRun } from './run/watched-run.ts';
import type { Definitions } from './step-types/definitions.ts';
import type { Revisions } from './step-types/revisions.ts';

/** A step type or Workflow applied beside the run may become visible a moment after it. */
const graceMs = 3_000;
const graceRetryMs = 250;
const mostFailures = 5;
/** After someone else was seen to write a run's status, or the run to be started anew. */
const lookAgainMs = 100;

export interface ControllerParts {
  readonly client: ApiClient;
  readonly clusters: AccountClusters;
  readonly rights: Rights;
  readonly definitions: Definitions;
  readonly revisions: Revisions;
  readonly planner: Planner;
  readonly kubevela: Pick<KubeVelaWatch, 'isLive'>;
  readonly retention: Retention;
  readonly ops: ReadonlyMap<string, Op>;
  readonly evaluators: AnswerParts['evaluators'];
  readonly http: HttpClient;
  readonly mail: MailClient;
  /** A client that may call this one address of the operator's. */
  openFor(host: string): HttpClient;
  models(namespace: string): ModelCommons;
  readonly env: ModelEnvironment;
  readonly offlineAllowed: boolean;
  readonly defaultServiceAccount: string;
  /** Whose runs these are: by shard, and how long that is sure, in monotonic ms. */
  readonly owner: { owns(lot: string): boolean; validUntil(lot: string): number };
  readonly log: ControllerLog;
  readonly reporter: ControllerReporter;
  readonly verdicts: VerdictStore;
  /** Known once the controller has begun. */
  evidence(): EvidenceSettings;
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly monotonicNow: () => number;
  /** Made for `process`. */
  openQueue(process: (key: string) => Promise<void>): WorkQueue;
  readonly signal: AbortSignal;
}

/** Drives every WorkflowRun of the cluster that is this process's. */
export class Controller {
  readonly #parts: ControllerParts;
  readonly #runs: Reflector<WatchedRun>;
  readonly #queue: WorkQueue;
  readonly #drivers = new Map<
    string,
    { readonly driver: RunDriver; readonly ended: Promise<void>; readonly lot: string }
  >();
  /** Records of finished runs whose status someone else wrote anew, by uid: `vela workflow restart --step`. */
  readonly #orphans = new Map<string, RunRecord>();
  /** Runs of a newer version of this program, by uid. */
  readonly #tooNew = new Set<string>();
  /** How often each run could not be driven, by uid. */
  readonly #failures = new Map<string, number>();
  /** Shards that are being given back, each with what belongs to it. */
  readonly #leaving = new Map<number, (lot: string) => boolean>();
  readonly #groups: RunGroups;
  #isDraining = false;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    this.#queue = parts.openQueue((key) => this.#take(key));
    this.#groups = new RunGroups({
      runs: () => this.#runs.values(),
      isOurs: (run) => this.#isOurs(run),
      list: (namespace) => listRuns(parts.client, namespace),
      replace: (uid) => this.#drivers.get(uid)?.driver.makeRoom() === true,
    });
    this.#runs = new Reflector<WatchedRun>(
      {
        client: parts.client,
        path: `/apis/${workflowApiVersion}/workflowruns`,
        transform: (object) => {
          const run = watchedRun(object);
          // Of a finished run the steps are counted, and not kept.
          if (run !== undefined) parts.reporter.onSeen(run, object);
          return run;
        },
        signal: parts.signal,
      },
      {
        onUpsert: (_key, run, previous, origin) => this.#onUpsert(run, previous, origin),
        onDelete: (_key, run) => this.#onDelete(run),
        onError: (error) => parts.reporter.onWatchError('workflowruns', error),
      },
    );
  }

  start(): void {
    this.#runs.start();
  }

  get isSynced(): boolean {
    return this.#runs.isSynced;
  }

  /** How much there is to do, for metrics. */
  get load(): { readonly active: number; readonly waiting: Readonly<Record<string, number>> } {
    return { active: this.#drivers.size, waiting: this.#queue.stats.waiting };
  }

  /** The shards that this process holds have changed: runs of lost ones are left alone, those of new ones taken up. */
  onShards(shards: readonly number[]): void {
    this.#groups.forget();
    for (const shard of this.#leaving.keys()) if (!shards.includes(shard)) this.#leaving.delete(shard);
    for (const run of this.#runs.values()) {
      const held = this.#drivers.get(run.uid);
      if (held !== undefined && !this.#parts.owner.owns(run.lot)) void held.driver.leave(leaveMs);
      else if (held === undefined && this.#isOurs(run))
        this.#queue.add({ key: keyOf(run), namespace: run.namespace }, 'resync');
    }
  }

  /** Saves the runs of a shard that another process takes over in a moment, and leaves them to it. */
  async leave(shard: number, isOfShard: (lot: string) => boolean): Promise<void> {
    this.#leaving.set(shard, isOfShard);
    const held = [...this.#drivers.values()].filter(({ lot }) => isOfShard(lot));
    await Promise.all(held.map(async ({ driver, ended }) => Promise.all([driver.leave(leaveMs), ended])));
  }

  /** Starts nothing more, saves every run that is under way, and leaves them to whoever comes next. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#queue.drain();
    await Promise.all(
      [...this.#drivers.values()].map(async ({ driver, ended }) => {
        await driver.leave(leaveMs);
        await ended;
      }),
    );
  }

  #onUpsert(run: WatchedRun, previous: WatchedRun | undefined, origin: 'list' | 'watch'): void {
    const { retention } = this.#parts;
    this.#askTurns(run);
    const held = this.#drivers.get(run.uid);
    if (previous !== undefined && previous.uid !== run.uid) this.#onDelete(previous);
    if (run.isFinished) {
      this.#orphans.delete(run.uid);
      retention.see(run);
      return;
    }
    retention.forget(run);
    if (held !== undefined && run.object !== undefined) {
      held.driver.see(run.object);
      return;
    }
    if (run.record === undefined && run.phase !== '' && previous?.record !== undefined)
      this.#orphans.set(run.uid, previous.record);
    if (!this.#isOurs(run)) return;
    const isNew = origin === 'watch' && previous === undefined;
    this.#queue.add({ key: keyOf(run), namespace: run.namespace }, isNew ? 'new' : 'resync');
  }

  #onDelete(run: WatchedRun): void {
    this.#parts.reporter.onGone(run);
    this.#askTurns(run);
    this.#parts.retention.forget(run);
    this.#queue.forget({ key: keyOf(run), namespace: run.namespace });
    this.#orphans.delete(run.uid);
    this.#failures.delete(run.uid);
    this.#tooNew.delete(run.uid);
    this.#drivers.get(run.uid)?.driver.abandon(new RunLost('deleted', 'the run was deleted'));
  }

  /** Whether this process is to drive the run. A run that another engine started is never taken over. */
  #isOurs(run: WatchedRun): boolean {
    if (this.#isDraining || run.isFinished || run.isDeleting || run.object === undefined) return false;
    if (!this.#parts.owner.owns(run.lot) || this.#tooNew.has(run.uid)) return false;
    if ([...this.#leaving.values()].some((isOfShard) => isOfShard(run.lot))) return false;
    if (run.record !== undefined || this.#orphans.has(run.uid)) return true;
    const status = run.object['status'] as Json | undefined;
    // A status of ours without its record: someone took it out while nobody drove the run.
    if (isObject(status) && status['progress'] !== undefined && run.phase !== '') return true;
    if (run.phase !== '' || (isObject(status) && status['contextBackend'] !== undefined)) return false;
    return isOurs(run.object, this.#parts.kubevela);
  }

  async #take(key: string): Promise<void> {
    const run = this.#runs.get(key);
    if (run === undefined || this.#drivers.has(run.uid) || !this.#isOurs(run)) return;
    const begunMs = this.#parts.monotonicNow();
    const object = run.object as KubeObject;
    const prepared = await this.#prepare(run, object);
    if (prepared === 'later') {
      this.#queue.addAfter({ key, namespace: run.namespace }, graceRetryMs, 'new');
      return;
    }
    if ('refusal' in prepared) {
      await this.#refuse(run, object, prepared.refusal);
      return;
    }
    // It may have gone, or have been taken up again, while it was planned.
    if (this.#drivers.has(run.uid) || this.#runs.get(key)?.uid !== run.uid) return;
    const driver = this.#open(run, prepared);
    const latest = this.#runs.get(key)?.object;
    if (latest !== undefined && latest !== object) driver.see(latest);
    await driver.slot;
    const { phase } = this.#runs.get(key) ?? run;
    this.#parts.reporter.onReconciled(run.phase, phase, this.#parts.monotonicNow() - begunMs);
  }

  #open(run: WatchedRun, taken: TakenRun): RunDriver {
    const parts = this.#parts;
    const account = {
      namespace: run.namespace,
      serviceAccount: taken.planned.plan.serviceAccountName ?? parts.defaultServiceAccount,
    };
    const clusters = usedClusters(parts.clusters.for(account), taken.planned.plan);
    const { env, offlineAllowed, now, newId } = parts;
    const services = openStepServices({
      env,
      offlineAllowed,
      clusters,
      now,
      newId,
      openFor: (host) => parts.openFor(host),
      http: parts.http,
      mail: parts.mail,
      models: parts.models(run.namespace),
      traffic: liveTraffic,
      // What goes to a model is masked before; this is for recordings, and a controller makes none.
      maskSecrets: (text) => text,
      evidence: parts.evidence(),
      verdicts: parts.verdicts,
      isInteractive: true,
    });
    const driver = new RunDriver(taken, {
      client: parts.client,
      ops: parts.ops,
      evaluators: parts.evaluators,
      surroundings: services,
      clusters,
      now,
      newId,
      checkOpen: () => this.#checkOpen(),
      isOwned: () => this.#isOwned(run.lot),
      turn: (asking) => this.#turn(run, asking),
      pin: () => this.#pin(taken.planned),
      observer: parts.reporter.forRun(run, taken.planned.plan),
    });
    parts.reporter.onTaken(run, taken.record !== undefined);
    const ended = this.#follow(run, driver).finally(() => void services.close());
    this.#drivers.set(run.uid, { driver, ended, lot: run.lot });
    return driver;
  }

  /** Until the run ends or is lost; never rejects. */
  async #follow(run: WatchedRun, driver: RunDriver): Promise<void> {
    const item = { key: keyOf(run), namespace: run.namespace };
    let again: number | undefined;
    try {
      await driver.drive();
      this.#failures.delete(run.uid);
    } catch (error) {
      if (error instanceof RunLost) {
        this.#parts.reporter.onLost(run, error);
        // The informer may not have seen yet what made the run another's.
        if (error.reason === 'restarted' || error.reason === 'foreign') again = lookAgainMs;
      } else if (isSluiceError(error) && error.code === 'Stopped') {
        return;
      } else {
        this.#parts.reporter.onFailure(run, error);
        // The version that wrote it can go on with it: it is left as it is.
        if (isSluiceError(error) && error.code === 'StateTooNew') this.#tooNew.add(run.uid);
        else if (isForGood(error) || this.#failsAgain(run)) await this.#giveUp(run, error);
        else again = graceMs;
      }
    } finally {
      this.#drivers.delete(run.uid);
      this.#groups.left(run.uid);
      this.#askTurns(run);
      if (again !== undefined && !this.#isDraining) this.#queue.addAfter(item, again, 'resync');
      // What was seen while the driver ended was for nobody, such as a status that was emptied for a new start.
      const seen = this.#runs.get(item.key);
      const isNews = seen?.uid === run.uid && !isOlder(seen.resourceVersion, driver.version);
      if (again === undefined && isNews && this.#isOurs(seen)) this.#queue.add(item, 'resync');
    }
  }

  /** Whether the run has failed to be driven for the last time: a fault of ours must not go round for ever. */
  #failsAgain({ uid }: WatchedRun): boolean {
    const count = (this.#failures.get(uid) ?? 0) + 1;
    this.#failures.set(uid, count);
    return count >= mostFailures;
  }

  /** Everything that must be known before the run is driven. Throws what may pass. */
  async #prepare(
    run: WatchedRun,
    object: KubeObject,
  ): Promise<TakenRun | { readonly refusal: string } | 'later'> {
    const { definitions, planner, rights, defaultServiceAccount, now, monotonicNow, reporter } = this.#parts;
    const record = run.record ?? this.#orphans.get(run.uid);
    const begunMs = monotonicNow();
    try {
      if (record === undefined && run.phase !== '') throw damaged('it was removed');
      if (record !== undefined && !isWhole(record)) throw damaged('fields are missing or of another type');
      const workflows = await readRunWorkflows({ namespace: run.namespace, object }, record, this.#parts);
      const view =
        record === undefined
          ? definitions.view(run.namespace)
          : await definitions.pinned(run.namespace, record.stepTypes);
      const planned = await planner.plan(object, view, workflows);
      reporter.onPlanned(monotonicNow() - begunMs);
      if (!planned.ok) {
        if (mayPass(planned.faults) && now() - run.createdAtMs < graceMs) return 'later';
        const errors = planned.faults.filter(({ severity }) => severity === 'error');
        return { refusal: refusalText(`WorkflowRun ${run.name}`, errors) };
      }
      const account = planned.run.plan.serviceAccountName ?? defaultServiceAccount;
      const right = await rights.check(run.namespace, account);
      if (right !== 'allowed') return { refusal: right.refused };
      const { namespace, name, uid } = run;
      return { identity: { namespace, name, uid }, object, planned: planned.run, record };
    } catch (error) {
      if (!isForGood(error)) throw error;
      return { refusal: failureText(error) };
    }
  }

  async #pin({ stepTypes, workflow, called }: PlannedRun): Promise<void> {
    await this.#parts.definitions.pin([...stepTypes.values()].map(({ source }) => source));
    const workflows = [...(workflow === undefined ? [] : [workflow]), ...called];
    const storing = workflows.map(({ digest, object }) =>
      this.#parts.revisions.store(digest, stringifyJson(object)),
    );
    await Promise.all(storing);
  }

  /** A run that could not be driven on, and would not be at the next try either, ends failed. */
  async #giveUp(run: WatchedRun, error: unknown): Promise<void> {
    const object = this.#runs.get(keyOf(run))?.object;
    if (object === undefined || object.metadata.uid !== run.uid) return;
    try {
      await this.#refuse(run, object, failureText(error));
    } catch (failure) {
      if (!(failure instanceof RunLost)) this.#parts.reporter.onFailure(run, failure);
    }
  }

  async #refuse(run: WatchedRun, object: KubeObject, refusal: string): Promise<void> {
    const { client, newId, signal, reporter, now } = this.#parts;
    const isTold = await refuseRun({ run, object }, refusal, {
      client,
      newId,
      signal,
      now,
      checkOpen: () => this.#checkOpen(),
      onRetry: (error) => reporter.onRetry(run, error),
    });
    if (isTold) reporter.onRefused(run, refusal);
  }

  #checkOpen(): void {
    if (this.#parts.signal.aborted) throw new RunLost('unowned', 'the process is stopping');
  }

  #isOwned(lot: string): boolean {
    const { owner, monotonicNow } = this.#parts;
    return owner.owns(lot) && monotonicNow() <= owner.validUntil(lot);
  }

  /** Only the process that surely has the group may let a run in. */
  async #turn(run: WatchedRun, asking: Parameters<RunGroups['turn']>[1]): Promise<GroupTurn> {
    const turn = await this.#groups.turn(run, asking);
    if (this.#isOwned(run.lot)) return turn;
    throw new SluiceError('transient', 'NotOwned', `the group of run ${run.name} is another process's now`);
  }

  /** Something about a run has changed: those of its group that wait look again. */
  #askTurns({ uid, lot }: WatchedRun): void {
    if (lot === uid) return;
    for (const held of this.#drivers.values()) if (held.lot === lot) held.driver.askTurn();
  }
}
