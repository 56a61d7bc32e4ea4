import type { LogRecord } from '../../store/port.ts';
import { fitLog, type LogLimits } from '../../store/log-room.ts';

/** What is kept of a run's log on a cluster: it shares an object of 1 MiB with nothing else, compressed. */
const limits: LogLimits = { stepBytes: 128 * 1024, runBytes: 512 * 1024 };

/** The log of one run: bounded, and a record that is added twice stands in it once. */
export class RunLogs {
  readonly #records: LogRecord[] = [];
  readonly #known = new Set<string>();
  readonly #usedByStep = new Map<string, number>();
  #used = 0;

  add(records: readonly LogRecord[]): void {
    for (const record of records) this.#add(record);
  }

  get records(): readonly LogRecord[] {
    return this.#records;
  }

  /** About as many bytes as the records take as JSON. */
  get bytes(): number {
    return this.#used;
  }

  #add(record: LogRecord): void {
    const id = `${record.step}\n${record.key}`;
    if (this.#known.has(id)) return;
    const stepBytes = this.#usedByStep.get(record.step) ?? 0;
    const { kept, bytes, notice } = fitLog(record, { stepBytes, runBytes: this.#used }, limits);
    this.#known.add(id);
    this.#usedByStep.set(record.step, stepBytes + bytes);
    this.#used += bytes;
    if (kept !== undefined) this.#records.push(kept);
    if (notice !== undefined && !this.#known.has(`${record.step}\n${notice.key}`)) {
      this.#known.add(`${record.step}\n${notice.key}`);
      this.#records.push(notice);
    }
  }
}
