import { Worker } from 'node:worker_threads';
import { SluiceError } from '../../api/errors.ts';
import { prepareEvidence, type EvidenceInput, type PreparedEvidence } from './prepare-evidence.ts';

export interface EvidenceOrder {
  readonly id: number;
  readonly input: EvidenceInput;
}

export type EvidenceAnswer =
  | { readonly id: number; readonly prepared: PreparedEvidence }
  | { readonly id: number; readonly fault: string };

/** Less is done here sooner than it is sent there and back. In UTF-16 units. */
const smallest = 64 * 1024;
/** A thread that is started anew has everything to compile again. */
const idleMs = 60_000;

interface Waiting {
  resolve(prepared: PreparedEvidence): void;
  reject(error: Error): void;
}

/**
 * Prepares evidence without holding up whoever else works on this thread: what is large goes to one of its own.
 *
 * E1: it is started when it is first needed, and ends when it had nothing to do for a minute. E2: it keeps the process alive
 * only while somebody waits. E3: when it dies, all that waited learn of it, and the next order starts another.
 */
export class EvidenceThread {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #orders = 0;

  /** Throws SluiceError `terminal` EvidenceThreadLost when the thread dies. */
  prepare(input: EvidenceInput): Promise<PreparedEvidence> {
    if (sizeOf(input) < smallest) return Promise.resolve(prepareEvidence(input));
    clearTimeout(this.#idle);
    const worker = (this.#worker ??= this.#start());
    this.#orders += 1;
    const order: EvidenceOrder = { id: this.#orders, input };
    return new Promise((resolve, reject) => {
      worker.postMessage(order, []);
      this.#waiting.set(order.id, { resolve, reject });
      worker.ref(); // E2
    });
  }

  /** Whoever still waits learns that it is closed. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#lose(worker, 'its thread was closed');
    await worker.terminate();
  }

  #start(): Worker {
    const worker = new Worker(workerEntry(), { execArgv: [], env: {}, name: 'evidence' });
    worker.on('message', (answer: EvidenceAnswer) => this.#take(worker, answer));
    worker.on('error', (error) => this.#lose(worker, error.message));
    worker.on('exit', () => this.#lose(worker, 'it ended'));
    return worker;
  }

  #take(worker: Worker, answer: EvidenceAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('prepared' in answer) waiting?.resolve(answer.prepared);
    else waiting?.reject(lost(answer.fault));
    if (this.#waiting.size > 0) return;
    worker.unref(); // E2
    this.#idle = setTimeout(() => void this.close(), idleMs).unref(); // E1
  }

  /** E3 */
  #lose(worker: Worker, why: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    for (const waiting of this.#waiting.values()) waiting.reject(lost(why));
    this.#waiting.clear();
  }
}

function sizeOf({ items, content, shown }: EvidenceInput): number {
  const texts = [...items.map(({ text }) => text), content?.text ?? '', ...shown];
  return texts.reduce((sum, text) => sum + text.length, 0);
}

function lost(why: string): SluiceError {
  return new SluiceError('terminal', 'EvidenceThreadLost', `The evidence could not be prepared: ${why}.`);
}

/** With the extension this file itself was loaded with: `.ts` from a checkout, `.js` from the package. */
function workerEntry(): URL {
  const source = new URL('./evidence-worker.ts', import.meta.url);
  return import.meta.url.endsWith('.ts') ? source : new URL(source.href.replace(/ts$/, 'js'));
}
