import { SluiceError, messageOf } from '../api/errors.ts';
import { hasEnded } from './call-progress.ts';
import { launchWorker, order, processorMs, usageBefore } from './launch-worker.ts';
import type { LaunchedWorker } from './launch-worker.ts';
import { readModule } from './read-module.ts';
import type { WorkerReply } from './worker-message.ts';

/*
 * One worker thread, replaced as often as needed.
 * W1 One call at a time is in the worker; the others wait here, so a deadline counts one call's own time.
 * W2 A call past its deadline, or one its instance died of, ends as `stopped`; the worker is never used again.
 * W3 The process stays alive for a call, never for an idle worker.
 * W4 Calls that wait when a worker ends are served by its successor.
 */

export interface CueWorkerLimits {
  /** File URL of the compressed module. */
  readonly module: string;
  readonly deadlineMs: number;
  /** An idle worker is released after this long. */
  readonly idleMs: number;
  /** A worker whose memory has grown beyond this is replaced: WebAssembly memory never shrinks. */
  readonly recycleBytes: number;
}

export type Answer =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'stopped'; readonly why: string };

export interface CueWorker {
  /** Starts the worker now instead of at the first call. */
  warm(): Promise<void>;
  /** Sends JSON, resolves with JSON or why there is none. Throws a SluiceError when no worker can be started. */
  call(request: string): Promise<Answer>;
  /** Calls sent and not answered. */
  load(): number;
  /** How long the call in the worker has been in it; 0 when there is none, or its answer is on the way. */
  busyMs(): number;
  /** False before the first use, and when released. */
  isRunning(): boolean;
  close(): Promise<void>;
}

interface Pending {
  readonly request: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

interface CurrentCall {
  readonly id: number;
  readonly pending: Pending;
  /** In milliseconds of performance.now(). */
  readonly began: number;
  readonly clock: NodeJS.Timeout;
}

interface Running extends LaunchedWorker {
  readonly ready: Promise<void>;
  isReady: boolean;
  current: CurrentCall | undefined;
}

export function createCueWorker(limits: CueWorkerLimits): CueWorker {
  const queue: Pending[] = [];
  let running: Running | undefined;
  let idleTimer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let isClosed = false;

  function pump(): void {
    if (queue.length === 0 && running?.current === undefined) return rest();
    clearTimeout(idleTimer);
    running ??= start();
    running.worker.ref(); // W3
    if (!running.isReady || running.current !== undefined) return; // W1
    const pending = queue.shift();
    if (pending === undefined) return;
    const id = ++lastId;
    const began = performance.now();
    running.current = { id, pending, began, clock: watch(running, id, began) };
    order(running, { kind: 'call', id, request: pending.request });
  }

  function rest(): void {
    running?.worker.unref(); // W3
    clearTimeout(idleTimer);
    if (running === undefined) return;
    idleTimer = setTimeout(release, limits.idleMs);
    idleTimer.unref();
  }

  function release(): Promise<unknown> {
    clearTimeout(idleTimer);
    const ending = running;
    running = undefined;
    clearTimeout(ending?.current?.clock);
    return ending?.worker.terminate() ?? Promise.resolve();
  }

  function start(): Running {
    const launched = launchWorker();
    const { worker } = launched;
    const { promise: ready, resolve: becomeReady, reject: giveUp } = Promise.withResolvers<void>();
    const self: Running = { ...launched, ready, isReady: false, current: undefined };
    ready.catch(() => {}); // also told to every waiting call
    const fail = (message: string) => {
      if (running !== self) return;
      const error = unavailable(message);
      giveUp(error);
      for (const pending of queue.splice(0)) pending.reject(error);
      self.current?.pending.reject(error);
      void release();
    };
    readModule(limits.module).then(
      (bytes) => order(launched, { kind: 'module', bytes }, [bytes.buffer]),
      (error: unknown) => fail(messageOf(error)),
    );
    worker.on('error', (error) => fail(String(error)));
    worker.on('exit', (code) => fail(`its thread ended with code ${code}`));
    worker.on('message', (reply: WorkerReply) => {
      if (running !== self) return;
      switch (reply.kind) {
        case 'ready':
          self.isReady = true;
          becomeReady();
          return pump();
        case 'unavailable':
          return fail(reply.message);
        case 'answer':
          settle(self, { kind: 'answer', text: reply.response }, reply.memoryBytes > limits.recycleBytes);
          return pump();
        case 'died':
          settle(self, { kind: 'stopped', why: causeOfDeath(reply.message) }, true); // W2
          return pump();
      }
    });
    return self;
  }

  function settle(self: Running, answer: Answer, isSpent: boolean): void {
    clearTimeout(self.current?.clock);
    self.current?.pending.resolve(answer);
    self.current = undefined;
    if (isSpent) void release(); // W4: pump starts the successor
  }

  /** Deadlines count processor time: on a busy machine a call that got none of it has not run away. */
  function watch(self: Running, id: number, began: number): NodeJS.Timeout {
    const before = usageBefore(self);
    const look = async () => {
      const usedMs = await processorMs(self, id, before);
      if (self.current?.id !== id) return;
      const isLate = usedMs >= limits.deadlineMs || performance.now() - began >= 5 * limits.deadlineMs;
      if (hasEnded(self.progress, id) || !isLate) {
        self.current = { ...self.current, clock: setTimeout(() => void look(), limits.deadlineMs / 10) };
        return;
      }
      settle(self, { kind: 'stopped', why: `it took longer than ${limits.deadlineMs} ms` }, true); // W2
      pump();
    };
    return setTimeout(() => void look(), limits.deadlineMs);
  }

  return {
    async warm() {
      if (isClosed) throw closedError();
      running ??= start();
      running.worker.ref();
      await running.ready;
      pump();
    },
    call(request) {
      if (isClosed) return Promise.reject(closedError());
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      queue.push({ request, resolve, reject });
      pump();
      return promise;
    },
    load: () => queue.length + (running?.current === undefined ? 0 : 1),
    busyMs() {
      const current = running?.current;
      if (running === undefined || current === undefined || hasEnded(running.progress, current.id)) return 0;
      return performance.now() - current.began;
    },
    isRunning: () => running !== undefined,
    async close() {
      isClosed = true;
      for (const pending of queue.splice(0)) pending.reject(closedError());
      running?.current?.pending.reject(closedError());
      await release();
    },
  };
}

function causeOfDeath(message: string): string {
  if (message.includes('out of memory')) return 'it needed more than 256 MiB of memory';
  if (message.startsWith('RangeError')) return 'it nests too deeply';
  return 'it exhausted the memory or the stack of the evaluator';
}

function unavailable(message: string): SluiceError {
  return new SluiceError(
    'environment',
    'CueEngineUnavailable',
    `the CUE engine could not be started: ${message}`,
    {
      hint: 'the package is incomplete: reinstall it (cue/cue.wasm.zst belongs to it)',
    },
  );
}

function closedError(): SluiceError {
  return new SluiceError('bug', 'CueEngineClosed', 'the CUE engine was used after it had been closed');
}
