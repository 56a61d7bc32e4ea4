import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { stringifyJson, type Json } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { SecretMask } from '../../api/secret-mask.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import type { Clusters } from '../../cluster/port.ts';
import { openEngine } from '../../engine/engine.ts';
import type { Event, GroupTurn } from '../../engine/events.ts';
import { restartState } from '../../engine/restart.ts';
import { initialState, type RunState, type StepState } from '../../engine/state.ts';
import { statusOf } from '../../engine/status.ts';
import { unrolled } from '../../engine/unrolled.ts';
import type { Op } from '../../ops/op.ts';
import type { PlannedStep } from '../../plan/plan.ts';
import { answerEffects, type AnswerParts } from '../../runner/answer-effects.ts';
import { sha256 } from '../../runner/evaluate.ts';
import type { Asking } from '../../runner/group-turns.ts';
import { RunLoop, type PerformEffect } from '../../runner/run-loop.ts';
import { serially } from '../../runner/serially.ts';
import type { StepServices } from '../../runner/step-services.ts';
import type { RunCommand } from '../../store/port.ts';
import type { RunRecord } from '../../store/cluster/run-record.ts';
import { limitAnswer } from './limited-answers.ts';
import { restartStep } from './outside-change.ts';
import type { PlannedRun } from './plan-run.ts';
import { readRunState } from './read-run-state.ts';
import { brokenState, failureText } from './run-failure.ts';
import type { RunIdentity } from './run-identity.ts';
import { foundStatus, RunLost, RunWriter, type RunWriterParts } from './run-writer.ts';
import { readSteering } from './steering-status.ts';

/** Where a run stands is written so often while nothing else asks for a write. */
const saveDelayMs = 250;
const owedSaveDelayMs = 25;
/** A run that works longer than this without a write no longer holds up those that wait for their start. */
const slotMs = 100;
/** For effects under way when the run is left. */
export const leaveMs = 25_000;
/** A step that waits longer is worth an Event. */
const longWaitMs = 60_000;
/** After the server could not be asked who of a group is at work. */
const turnRetryMs = 1_000;

/** What is worth telling of a run while it is driven. */
export interface RunObserver {
  onStepEnd(step: PlannedStep, state: StepState): void;
  onSuspended(steps: readonly string[]): void;
  onLongWait(step: PlannedStep, state: StepState): void;
  onWrite(): void;
  onRetry(error: unknown): void;
  /** `outcome` is `done` or the class of the error. */
  onEffect(op: string, outcome: string, ms: number): void;
  onEnd(state: RunState): void;
}

export interface RunDriverParts {
  readonly client: ApiClient;
  readonly ops: ReadonlyMap<string, Op>;
  readonly evaluators: AnswerParts['evaluators'];
  readonly surroundings: StepServices;
  readonly clusters: Clusters;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Throws RunLost when nothing may be written any more: the process ends. */
  readonly checkOpen: () => void;
  /** What the run's concurrency group says. Throws what may pass. */
  readonly turn: (asking: Pick<Asking, 'concurrency' | 'queue'>) => Promise<GroupTurn>;
  /** Whether this process may still begin effects of the run. */
  readonly isOwned: () => boolean;
  pin: RunWriterParts['pin'];
  readonly observer: RunObserver;
}

/** A run as it was found when this process took it up. */
export interface TakenRun {
  readonly identity: RunIdentity;
  readonly object: KubeObject;
  readonly planned: PlannedRun;
  /** Of a run that was begun before, by this process or another. */
  readonly record: RunRecord | undefined;
}

/** Drives one run until it ends or is no longer this process's. */
export class RunDriver {
  readonly #taken: TakenRun;
  readonly #parts: RunDriverParts;
  readonly #mask = new SecretMask();
  readonly #stopping = new AbortController();
  readonly #writer: RunWriter;
  readonly #slot = Promise.withResolvers<void>();
  #loop: RunLoop | undefined;
  #state: RunState | undefined;
  #seq = 0;
  #generation: number;
  /** Why the run is not to be begun any more. */
  #over: SluiceError | undefined;
  /** Seen before the run was begun. */
  #unseen: KubeObject | undefined;
  #waitTimer: NodeJS.Timeout | undefined;
  #turnTimer: NodeJS.Timeout | undefined;
  /** Looks whether the run may be let into its group, if it waits for that. */
  readonly askTurn: () => void = serially(() => this.#askTurn());

  constructor(taken: TakenRun, parts: RunDriverParts) {
    this.#taken = taken;
    this.#parts = parts;
    const { metadata } = taken.object;
    this.#generation = metadata.generation ?? 1;
    this.#writer = new RunWriter(
      {
        client: parts.client,
        run: taken.identity,
        plan: taken.planned.plan,
        mask: this.#mask,
        record: recordBase(taken),
        generation: this.#generation,
        newToken: parts.newId,
        checkOpen: () => parts.checkOpen(),
        pin: () => parts.pin(),
        onCommands: (commands) => this.#command(commands),
        latest: () => this.#loop?.state ?? missing(),
        signal: this.#stopping.signal,
        onRetry: (error) => parts.observer.onRetry(error),
        onWritten: () => {
          parts.observer.onWrite();
          this.#slot.resolve();
        },
      },
      foundStatus(taken.object),
    );
  }

  /** Resolves when others may start: the run was written, ended, or works on without the need of this process's time. */
  get slot(): Promise<void> {
    return this.#slot.promise;
  }

  /** The newest version of the run that is known here. */
  get version(): string {
    return this.#writer.version;
  }

  /** Resolves when the run has ended. Rejects with RunLost when it is someone else's, or with what stopped it. */
  async drive(): Promise<RunState> {
    const timer = setTimeout(() => this.#slot.resolve(), slotMs);
    try {
      return await this.#drive();
    } finally {
      clearTimeout(timer);
      clearTimeout(this.#waitTimer);
      clearTimeout(this.#turnTimer);
      this.#stopping.abort();
      this.#slot.resolve();
    }
  }

  /** A version of the run that the informer has seen. */
  see(object: KubeObject): void {
    if (this.#loop === undefined) {
      this.#unseen = object;
      return;
    }
    try {
      this.#writer.see(object);
      this.#checkSpec(object);
    } catch (error) {
      this.#loop.abandon(error);
    }
  }

  /** The run is gone, or no longer this process's: nothing more is done and nothing written. */
  abandon(reason: RunLost): void {
    this.#stopping.abort();
    this.#over ??= reason;
    this.#loop?.abandon(reason);
  }

  /**
   * Leaves the run to whoever takes it up next: begins nothing more, waits for what is under way, for at most `waitMs`, and
   * saves what is known.
   */
  async leave(waitMs: number): Promise<void> {
    this.#over ??= new SluiceError('transient', 'Stopped', 'the run was left before it was begun');
    await this.#loop?.leave(waitMs);
  }

  async #drive(): Promise<RunState> {
    const { plan } = this.#taken.planned;
    const { ops, now } = this.#parts;
    const begin = await this.#begin();
    if (this.#over !== undefined) throw this.#over;
    this.#seq = begin.state.commandSeq;
    this.#state = begin.state;
    const answer = this.#answers();
    const loop = new RunLoop(openEngine(plan, ops), begin.state, {
      now,
      save: (state, logs) => this.#writer.write(state, logs),
      savesFirst: (effect) => this.#isGuarded(effect),
      mayPerform: (effect) => this.#mayPerform(effect),
      saveDelayMs,
      owedSaveDelayMs,
      answer: async (effect, signal) => {
        if (effect.kind !== 'perform') return limitAnswer(await answer(effect, signal));
        const begunMs = performance.now();
        const event = limitAnswer(await answer(effect, signal));
        if (event?.kind === 'op') {
          const outcome = event.outcome.kind === 'ok' ? 'done' : event.outcome.class;
          this.#parts.observer.onEffect(effect.op, outcome, performance.now() - begunMs);
        }
        return event;
      },
      onDecision: (state) => this.#notice(state),
    });
    this.#loop = loop;
    // What was asked while nobody drove the run, or before it began, comes first; a restart has read its status already.
    if (this.#taken.record === undefined || begin.first === 'recover') {
      this.#writer.adopt(readSteering(statusOf(plan, begin.state) as unknown as Json), this.#taken.object);
    }
    loop.feed({ kind: begin.first });
    this.askTurn();
    if (this.#unseen !== undefined) this.see(this.#unseen);
    const state = await this.#ended(loop);
    this.#parts.observer.onEnd(state);
    return state;
  }

  async #begin(): Promise<{ readonly state: RunState; readonly first: 'start' | 'recover' }> {
    const { newId, now } = this.#parts;
    const { plan } = this.#taken.planned;
    const start = { nonce: newId(), nowMs: now(), newId };
    const { record } = this.#taken;
    if (record === undefined) return { state: initialState(plan, start), first: 'start' };
    const state = readRunState(await this.#writer.load(record), record, plan);
    if (state.endedAtMs === undefined) return { state, first: 'recover' };
    // It had ended, and its status says that it has not: it is to start again from one of its steps.
    const written = readSteering(statusOf(plan, state) as unknown as Json);
    const found = readSteering(this.#taken.object['status'] as Json | undefined);
    const restarted = restartState(plan, state, start, restartStep(written, found));
    if (!restarted.ok) throw new SluiceError('terminal', 'CannotRestart', restarted.message);
    return { state: restarted.state, first: 'start' };
  }

  /** The end of the loop. A run whose state can no longer be kept ends here, without what was too large. */
  async #ended(loop: RunLoop): Promise<RunState> {
    try {
      return await loop.done;
    } catch (error) {
      if (!isSluiceError(error) || error.kind !== 'terminal') throw error;
      const state = brokenState(loop.state, failureText(error), this.#parts.now());
      await this.#writer.write(state, []);
      return state;
    }
  }

  #answers(): ReturnType<typeof answerEffects> {
    const { evaluators, surroundings, ops, clusters, now } = this.#parts;
    const { identity, planned } = this.#taken;
    return answerEffects({
      plan: planned.plan,
      runId: identity.uid,
      stepTypes: planned.stepTypes,
      mask: this.#mask,
      evaluators,
      surroundings: {
        ...surroundings,
        ops,
        cluster: (name) => clusters.get(name),
        beforeSend: () => this.#checkStillOwned(),
      },
      now,
    });
  }

  /** Between the write that allowed an effect and this moment the lease may have run out. */
  #mayPerform(effect: PerformEffect): boolean {
    if (!this.#isGuarded(effect) || this.#parts.isOwned()) return true;
    // Not in the middle of a decision.
    queueMicrotask(() => void this.leave(leaveMs));
    return false;
  }

  /** A process that was paused while it connected may have lost the run in between. */
  #checkStillOwned(): void {
    if (this.#parts.isOwned()) return;
    throw new SluiceError(
      'transient',
      'NotOwned',
      'the lease of this process ran out before the request was sent',
    );
  }

  /** Whatever may change something is preceded by a write that the version of the run fences. */
  #isGuarded(effect: PerformEffect): boolean {
    return this.#parts.ops.get(effect.op)?.pure !== true;
  }

  /** Another run of the group wants its place. False when this one is not at work yet. */
  makeRoom(): boolean {
    if (this.#loop === undefined) return false;
    this.#command([{ kind: 'replace' }]);
    return true;
  }

  async #askTurn(): Promise<void> {
    const { concurrency } = this.#taken.planned.plan;
    const queue = this.#loop?.state.queue;
    if (concurrency === undefined || queue === undefined || this.#stopping.signal.aborted) return;
    try {
      const turn = await this.#parts.turn({ concurrency, queue });
      this.#loop?.feed({ kind: 'group', turn });
    } catch (error) {
      this.#parts.observer.onRetry(error);
      this.#turnTimer = setTimeout(this.askTurn, turnRetryMs);
      this.#turnTimer.unref();
    }
  }

  #command(commands: readonly RunCommand[]): void {
    for (const { kind, step } of commands) {
      this.#seq += 1;
      const event: Event = {
        kind: 'command',
        seq: this.#seq,
        command: kind,
        ...(step === undefined ? {} : { step }),
      };
      this.#loop?.feed(event);
    }
    this.#loop?.touch();
  }

  /** An older CRD lets an edit of the spec through: the run holds, and says why. */
  #checkSpec(object: KubeObject): void {
    const generation = object.metadata.generation ?? 1;
    if (generation === this.#generation) return;
    this.#generation = generation;
    const spec = object['spec'] as Json | undefined;
    if (sha256(stringifyJson(spec ?? {})) === this.#taken.planned.specDigest) return;
    this.#writer.message =
      'spec was changed while the run was under way: the run goes on with what it began with once it is resumed; start a new run for the new spec';
    this.#command([{ kind: 'suspend' }]);
  }

  #notice(state: RunState): void {
    const before = this.#state;
    this.#state = state;
    const { observer } = this.#parts;
    const { steps } = unrolled(this.#taken.planned.plan, state);
    for (const step of steps) {
      const now = state.steps[step.path];
      const was = before?.steps[step.path];
      if (now === undefined || now === was) continue;
      if (now.stage.kind === 'done' && was?.stage.kind !== 'done') observer.onStepEnd(step, this.#shown(now));
    }
    if (state.phase === 'suspending' && before?.phase !== 'suspending') {
      const suspended = steps.filter(({ path }) => state.steps[path]?.stage.kind === 'suspended');
      observer.onSuspended(suspended.map(({ name }) => name));
    }
    this.#watchWaits(state);
  }

  /** As it may be shown: what a message quotes may be a secret. */
  #shown(step: StepState): StepState {
    return step.message === undefined ? step : { ...step, message: this.#mask.mask(step.message) };
  }

  #watchWaits(state: RunState): void {
    if (this.#waitTimer !== undefined) return;
    const waits = Object.values(state.steps).some(({ wait }) => wait !== undefined);
    if (!waits) return;
    this.#waitTimer = setTimeout(() => {
      this.#waitTimer = undefined;
      const { now, observer } = this.#parts;
      const last = this.#loop?.state;
      const open = last === undefined ? [] : unrolled(this.#taken.planned.plan, last).steps;
      for (const step of open) {
        const own = last?.steps[step.path];
        if (own?.wait !== undefined && now() - own.wait.sinceMs >= longWaitMs)
          observer.onLongWait(step, this.#shown(own));
      }
    }, longWaitMs + 100);
    this.#waitTimer.unref();
  }
}

function recordBase({ planned, record }: TakenRun): RunWriterParts['record'] {
  if (record !== undefined) {
    const { specDigest, stepTypes, workflow, called } = record;
    return {
      specDigest,
      stepTypes,
      ...(workflow === undefined ? {} : { workflow }),
      ...(called === undefined ? {} : { called }),
    };
  }
  const { specDigest, workflow, called } = planned;
  const stepTypes = Object.fromEntries([...planned.stepTypes].map(([name, { digest }]) => [name, digest]));
  return {
    specDigest,
    stepTypes,
    ...(workflow === undefined ? {} : { workflow: { name: workflow.name, digest: workflow.digest } }),
    ...(called.length === 0
      ? {}
      : { called: Object.fromEntries(called.map(({ name, digest }) => [name, digest])) }),
  };
}

function missing(): never {
  throw new SluiceError('bug', 'NoState', 'a run is written before it was begun');
}
