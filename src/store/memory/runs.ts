import { aheadInGroup } from '../group-line.ts';
import { fitLog } from '../log-room.ts';
import type { LogLimits } from '../log-room.ts';
import type {
  LogRecord,
  RunChange,
  RunCommand,
  RunLine,
  RunRef,
  RunStore,
  RunSummary,
  StoredCommand,
  StoredRun,
} from '../port.ts';
import { runExists, runIsLive, runNotFound, staleState } from '../store-refusals.ts';
import type { HeldRun, SharedMemory } from './shared-memory.ts';

type NewRun = Omit<StoredRun, 'version' | 'secrets' | 'finished' | 'endedAtMs'> & RunChange;

/** Runs in memory, for tests and dry runs. Each store that shares a memory counts as a process of its own. */
export class MemoryRuns implements RunStore {
  readonly #memory: SharedMemory;
  readonly #logLimits: LogLimits;
  readonly #self = Symbol('process');

  constructor(memory: SharedMemory, logLimits: LogLimits) {
    this.#memory = memory;
    this.#logLimits = logLimits;
    memory.owners.add(this.#self);
  }

  async create(run: NewRun): Promise<StoredRun> {
    const former = this.#find(run.ref);
    if (former !== undefined && !former.run.finished) throw runExists(run.ref, former.run.phase);
    const { id, ref, sources, startedAtMs } = run;
    const stored: StoredRun = { id, ref, sources, startedAtMs, version: 1, ...changed(run, []) };
    const logs = this.#withLogs({ logs: [], logSizes: new Map() }, run.logs);
    const held: HeldRun = { run: stored, progress: run.progress, owner: this.#self, ...logs, commands: [] };
    if (former !== undefined) this.#memory.runs.delete(former.run.id);
    this.#memory.runs.set(id, held);
    this.#memory.ids.set(keyOf(ref), id);
    this.#notify();
    return stored;
  }

  async get(ref: RunRef): Promise<StoredRun | undefined> {
    return this.#find(ref)?.run;
  }

  async list(): Promise<readonly RunSummary[]> {
    return [...this.#memory.runs.values()]
      .toReversed()
      .map(summarize)
      .toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  }

  async save(id: string, expectedVersion: number, change: RunChange): Promise<number> {
    const held = this.#memory.runs.get(id);
    if (held?.run.version !== expectedVersion) throw staleState(id, expectedVersion, held?.run.version);
    const run = { ...held.run, version: expectedVersion + 1, ...changed(change, held.run.secrets) };
    Object.assign(held, { run, progress: change.progress, ...this.#withLogs(held, change.logs) });
    this.#notify();
    return run.version;
  }

  async delete(ref: RunRef): Promise<boolean> {
    const held = this.#find(ref);
    if (held === undefined) return false;
    if (this.#isAlive(held.owner)) throw runIsLive(ref);
    this.#memory.runs.delete(held.run.id);
    this.#memory.ids.delete(keyOf(ref));
    this.#notify();
    return true;
  }

  async logs(
    id: string,
    afterRow = 0,
  ): Promise<{ readonly records: readonly LogRecord[]; readonly row: number }> {
    const records = this.#memory.runs.get(id)?.logs.slice(afterRow) ?? [];
    return { records, row: afterRow + records.length };
  }

  async command(id: string, command: RunCommand): Promise<void> {
    const held = this.#memory.runs.get(id);
    if (held === undefined) throw runNotFound(id);
    this.#memory.lastSeq += 1;
    held.commands.push({ seq: this.#memory.lastSeq, ...command });
    this.#notify();
  }

  async commands(id: string, afterSeq: number): Promise<readonly StoredCommand[]> {
    return this.#memory.runs.get(id)?.commands.filter(({ seq }) => seq > afterSeq) ?? [];
  }

  async claim(id: string): Promise<boolean> {
    const held = this.#memory.runs.get(id);
    if (held === undefined || (held.owner !== this.#self && this.#isAlive(held.owner))) return false;
    held.owner = this.#self;
    return true;
  }

  async release(id: string): Promise<void> {
    const held = this.#memory.runs.get(id);
    if (held?.owner === this.#self) held.owner = undefined;
  }

  async enterGroup(id: string, group: string): Promise<RunLine> {
    const held = this.#memory.runs.get(id);
    if (held === undefined) return [];
    held.group ??= { name: group, seq: (this.#memory.lastGroupSeq += 1), hasBegun: false };
    const members = [...this.#memory.runs.values()]
      .filter(({ group: own, run }) => own?.name === group && run.ref.namespace === held.run.ref.namespace)
      .toSorted((a, b) => (a.group?.seq ?? 0) - (b.group?.seq ?? 0))
      .map(({ run, group: own, owner }) => ({
        id: run.id,
        ref: run.ref,
        isLive: this.#isAlive(owner),
        hasBegun: own?.hasBegun === true,
        phase: run.phase,
        finished: run.finished,
      }));
    const ahead = aheadInGroup(members, id);
    held.group.hasBegun = ahead.length === 0;
    return ahead;
  }

  async isLive(id: string): Promise<boolean> {
    return this.#isAlive(this.#memory.runs.get(id)?.owner);
  }

  onChange(callback: () => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const listener = (): void => {
      callback();
    };
    this.#memory.listeners.add(listener);
    signal.addEventListener('abort', () => this.#memory.listeners.delete(listener), { once: true });
  }

  async close(): Promise<void> {
    this.#memory.owners.delete(this.#self);
  }

  #find(ref: RunRef): HeldRun | undefined {
    return this.#memory.runs.get(this.#memory.ids.get(keyOf(ref)) ?? '');
  }

  #isAlive(owner: symbol | undefined): boolean {
    return owner !== undefined && this.#memory.owners.has(owner);
  }

  /** What `held` has of logs with the records added; `held` itself stays as it is, in case one of them is refused. */
  #withLogs(
    held: Pick<HeldRun, 'logs' | 'logSizes'>,
    records: readonly LogRecord[],
  ): Pick<HeldRun, 'logs' | 'logSizes'> {
    const logs = [...held.logs];
    const logSizes = new Map(held.logSizes);
    for (const record of records.toSorted((a, b) => a.timeMs - b.timeMs)) {
      if (holds(logs, record)) continue;
      const stepBytes = logSizes.get(record.step) ?? 0;
      const runBytes = [...logSizes.values()].reduce((sum, bytes) => sum + bytes, 0);
      const fitted = fitLog(record, { stepBytes, runBytes }, this.#logLimits);
      logSizes.set(record.step, stepBytes + fitted.bytes);
      if (fitted.kept !== undefined) logs.push(fitted.kept);
      if (fitted.notice !== undefined && !holds(logs, fitted.notice)) logs.push(fitted.notice);
    }
    return { logs, logSizes };
  }

  #notify(): void {
    for (const listener of this.#memory.listeners) queueMicrotask(listener);
  }
}

function holds(logs: readonly LogRecord[], { step, key }: LogRecord): boolean {
  return logs.some((record) => record.step === step && record.key === key);
}

function changed(
  change: RunChange,
  secrets: readonly string[],
): Pick<StoredRun, 'state' | 'phase' | 'finished' | 'endedAtMs' | 'secrets'> {
  return {
    state: change.state,
    phase: change.phase,
    finished: change.finished,
    endedAtMs: change.endedAtMs,
    secrets: [...new Set([...secrets, ...change.secrets])].toSorted(),
  };
}

function summarize({ run, progress }: HeldRun): RunSummary {
  const { id, ref, version, phase, finished, startedAtMs, endedAtMs } = run;
  return { id, ref, version, phase, finished, startedAtMs, endedAtMs, progress };
}

function keyOf({ namespace, name }: RunRef): string {
  return `${namespace}/${name}`;
}
