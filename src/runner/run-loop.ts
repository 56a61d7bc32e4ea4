import { messageOf, SluiceError } from '../api/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Effect, Event } from '../engine/events.ts';
import { withdrawIntents } from '../engine/recover.ts';
import type { RunState } from '../engine/state.ts';
import type { LogRecord } from '../store/port.ts';

/*
 * Drives one run: events in, decisions out, effects done, state saved.
 * L1  One decision at a time, in the order in which events arrive.
 * L2  An effect that saves first is performed only after a save that holds its intent has been confirmed.
 *     The result of such an effect is saved before the next effect of whatever kind is performed.
 * L3  Logs are saved in the transaction that saves the state they belong to.
 * L4  A save that fails stops the run: nothing more is performed, and the stored state stays the last word.
 * L5  A loop that is being left performs nothing more; what is under way is waited for, and what was never done is not
 *     stored as an intent.
 */

/** The run's surroundings, as the loop sees them. */
export interface LoopPorts {
  readonly now: () => number;
  /** Saves state and logs in one transaction. Throws when it cannot; then nothing was saved. */
  save(state: RunState, logs: readonly LogRecord[]): Promise<void>;
  /** Answers an effect. Never rejects for what the world does. `signal` aborts when the answer is no longer wanted. */
  answer(effect: Answerable, signal: AbortSignal): Promise<Event | undefined>;
  /** Whether the intent of an effect is saved before it is performed. Default: where the effect asks for it. */
  savesFirst?(effect: PerformEffect): boolean;
  /**
   * Asked before the intent of an effect is saved and directly before the effect. False: it is not this process's to do any
   * more; its intent is taken back when the loop is left.
   */
  mayPerform?(effect: PerformEffect): boolean;
  /** State that no effect waits for is saved after this long. Default 20 ms. */
  readonly saveDelayMs?: number;
  /** The result of an effect that saved first is saved after this long, if no other effect asks for it. Default 8 ms. */
  readonly owedSaveDelayMs?: number;
  /** Called after each decision. */
  onDecision?(state: RunState, logs: readonly LogRecord[]): void;
}

export type PerformEffect = Extract<Effect, { kind: 'perform' }>;
export type Answerable = Exclude<Effect, { kind: 'cancel' | 'log' }>;

/** State that only time-consuming effects hold up is saved after this long, so that results of one burst share a write. */
const saveDelayMs = 20;
/** The result of an effect that may not be repeated waits only as long as the next step may take to form its intent. */
const owedSaveDelayMs = 8;
const longestTimerMs = 2 ** 31 - 1;

export class RunLoop {
  readonly #engine: Engine;
  readonly #ports: LoopPorts;
  #state: RunState;
  #unsaved = false;
  /** There is an unsaved result of an effect that may not be repeated. */
  #owesSave = false;
  #logs: LogRecord[] = [];
  #saving: Promise<void> | undefined;
  #saveTimer: NodeJS.Timeout | undefined;
  #wakeTimer: NodeJS.Timeout | undefined;
  readonly #inFlight = new Map<string, Set<AbortController>>();
  #isStopped = false;
  #isLeaving = false;
  /** Effects that were let through and have not been answered. */
  #performing = 0;
  #whenIdle: (() => void) | undefined;
  /** Keys of effects that were not let through. */
  readonly #withheld = new Set<string>();
  readonly #done: PromiseWithResolvers<RunState> = Promise.withResolvers();

  constructor(engine: Engine, state: RunState, ports: LoopPorts) {
    this.#engine = engine;
    this.#state = state;
    this.#ports = ports;
    // A failure is reported to whoever waits; one that nobody waits for must not end the process.
    this.#done.promise.catch(() => undefined);
  }

  get state(): RunState {
    return this.#state;
  }

  /** The finished and saved state. Rejects when a save failed or the loop was stopped. */
  get done(): Promise<RunState> {
    return this.#done.promise;
  }

  feed(event: Event): void {
    if (this.#isStopped) return;
    try {
      this.#decide(event);
    } catch (error) {
      this.#fail(
        new SluiceError('bug', 'EngineFault', `the engine failed: ${messageOf(error)}`, { cause: error }),
      );
    }
  }

  /** The stored state is to be written again, though nothing was decided: someone else changed it. */
  touch(): void {
    if (this.#isStopped) return;
    this.#unsaved = true;
    this.#saveSoon();
  }

  /** Ends the loop at once and saves nothing: the run is someone else's now. `done` rejects with `reason`. */
  abandon(reason: unknown): void {
    this.#fail(reason);
  }

  /** Abandons what is under way, saves what is known, and ends the loop without ending the run: `done` rejects. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#halt();
    // L5
    if (this.#withheld.size > 0) {
      this.#state = withdrawIntents(this.#state, this.#withheld);
      this.#unsaved = true;
    }
    try {
      await this.#flush();
      this.#done.reject(new SluiceError('transient', 'Stopped', 'the run was left unfinished'));
    } catch (error) {
      this.#done.reject(error);
    }
  }

  /** As `stop`, but effects that are under way may come to their end first, for at most `waitMs`. */
  async leave(waitMs: number): Promise<void> {
    if (this.#isStopped || this.#isLeaving) return;
    this.#isLeaving = true;
    if (this.#performing > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, waitMs);
      this.#whenIdle = resolve;
      await promise;
      clearTimeout(timer);
    }
    await this.stop();
  }

  // L1
  #decide(event: Event): void {
    const { state, effects, wakeAtMs } = this.#engine.decide(this.#state, event, this.#ports.now());
    if (state !== this.#state) this.#unsaved = true;
    this.#state = state;
    const logs = effects.flatMap((effect) => (effect.kind === 'log' ? [this.#logRecord(effect)] : []));
    this.#logs.push(...logs);
    this.#ports.onDecision?.(state, logs);
    for (const effect of effects) {
      if (effect.kind === 'cancel') this.#cancel(effect.step);
      else if (effect.kind !== 'log') this.#perform(effect);
    }
    if (state.endedAtMs === undefined) {
      this.#setWake(wakeAtMs);
      this.#saveSoon();
    } else {
      this.#finish();
    }
  }

  #logRecord(effect: Extract<Effect, { kind: 'log' }>): LogRecord {
    const kind = effect.notice === true ? 'notice' : 'log';
    return { step: effect.step, key: effect.key, timeMs: this.#ports.now(), kind, text: effect.text };
  }

  #perform(effect: Answerable): void {
    const controller = new AbortController();
    const open = this.#inFlight.get(effect.step) ?? new Set();
    this.#inFlight.set(effect.step, open.add(controller));
    // Also before the intent is stored: whoever takes the run over could not tell that it was never acted on.
    if (effect.kind === 'perform' && this.#isBarred(effect)) {
      this.#withheld.add(effect.key);
      return;
    }
    // L2
    const savesFirst = effect.kind === 'perform' && this.#savesFirst(effect);
    const mustSave = savesFirst || (effect.kind === 'perform' && this.#owesSave);
    const ready = mustSave ? this.#flush() : Promise.resolve();
    ready
      .then(async () => (controller.signal.aborted ? undefined : this.#answer(effect, controller.signal)))
      .then((event) => {
        open.delete(controller);
        if (event === undefined || controller.signal.aborted) return;
        if (savesFirst) this.#owesSave = true;
        this.feed(event);
      })
      .catch((error: unknown) => this.#fail(error));
  }

  async #answer(effect: Answerable, signal: AbortSignal): Promise<Event | undefined> {
    if (effect.kind !== 'perform') return this.#ports.answer(effect, signal);
    if (this.#isBarred(effect)) {
      this.#withheld.add(effect.key);
      return undefined;
    }
    this.#performing += 1;
    try {
      return await this.#ports.answer(effect, signal);
    } finally {
      this.#performing -= 1;
      // After the answer was taken: it may ask for the next one at once.
      if (this.#performing === 0) setImmediate(() => this.#whenIdle?.());
    }
  }

  #isBarred(effect: PerformEffect): boolean {
    return this.#isLeaving || this.#ports.mayPerform?.(effect) === false;
  }

  #savesFirst(effect: PerformEffect): boolean {
    return this.#ports.savesFirst?.(effect) ?? effect.storeFirst;
  }

  #cancel(step: string): void {
    for (const controller of this.#inFlight.get(step) ?? []) controller.abort();
    this.#inFlight.delete(step);
  }

  #setWake(atMs: number | undefined): void {
    clearTimeout(this.#wakeTimer);
    if (atMs === undefined) return;
    const delay = Math.min(Math.max(0, atMs - this.#ports.now()), longestTimerMs);
    this.#wakeTimer = setTimeout(() => this.feed({ kind: 'time' }), delay);
  }

  #saveSoon(): void {
    if (!this.#unsaved || this.#saveTimer !== undefined) return;
    this.#saveTimer = setTimeout(
      () => {
        this.#saveTimer = undefined;
        this.#flush().catch((error: unknown) => this.#fail(error));
      },
      this.#owesSave
        ? (this.#ports.owedSaveDelayMs ?? owedSaveDelayMs)
        : (this.#ports.saveDelayMs ?? saveDelayMs),
    );
  }

  /** Resolves once the state of this moment, or a later one, is stored. */
  async #flush(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
    if (!this.#unsaved) return;
    this.#saving = this.#saveNow();
    await this.#saving;
  }

  async #saveNow(): Promise<void> {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const logs = this.#logs;
    this.#logs = [];
    this.#unsaved = false;
    this.#owesSave = false;
    try {
      // L3
      await this.#ports.save(this.#state, logs);
    } finally {
      this.#saving = undefined;
    }
  }

  #finish(): void {
    const state = this.#state;
    this.#halt();
    this.#flush().then(
      () => this.#done.resolve(state),
      (error: unknown) => this.#done.reject(error),
    );
  }

  // L4
  #fail(error: unknown): void {
    if (this.#isStopped) return;
    this.#halt();
    this.#done.reject(error);
  }

  #halt(): void {
    this.#isStopped = true;
    clearTimeout(this.#wakeTimer);
    clearTimeout(this.#saveTimer);
    for (const step of this.#inFlight.keys()) this.#cancel(step);
  }
}
