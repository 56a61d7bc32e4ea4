import { abortedFault, timeoutFault } from './transport-fault.ts';

/** The life of one call: one signal for its deadline, its caller and the client's end. */
export interface CallScope {
  readonly signal: AbortSignal;
  /** Where it is now, for messages. */
  host: string;
  /** The request has gone out: from here on it may have taken effect. */
  sent: boolean;
  /** The result of `work`, or the fault of whatever ends the call first; what is left of the work is abandoned. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/** A timer takes at most this much. */
const maxTimerMs = 2 ** 31 - 1;

/** Opens the scope of a call; `stop` ends it from outside. Once `run` has settled nothing of it is left. */
export function openScope(host: string, timeoutMs: number, stop: readonly AbortSignal[]): CallScope {
  const controller = new AbortController();
  const { signal } = controller;
  const scope: CallScope = { signal, host, sent: false, run: (work) => runWithin(controller, work, begin) };
  const abandon = (): void => controller.abort(abortedFault(scope.host, scope.sent));
  const expire = (): void => controller.abort(timeoutFault(scope.host, timeoutMs, scope.sent));
  return scope;

  function begin(): () => void {
    const timer = setTimeout(expire, Math.min(Math.max(timeoutMs, 1), maxTimerMs));
    for (const each of stop) each.addEventListener('abort', abandon, { once: true });
    if (stop.some((each) => each.aborted)) abandon();
    return () => {
      clearTimeout(timer);
      for (const each of stop) each.removeEventListener('abort', abandon);
    };
  }
}

async function runWithin<T>(
  controller: AbortController,
  work: () => Promise<T>,
  begin: () => () => void,
): Promise<T> {
  const { signal } = controller;
  const isEnded = ended(signal);
  const end = begin();
  try {
    return await Promise.race([isEnded, workUnlessEnded(signal, work)]);
  } finally {
    end();
    // Closes whatever the work left open; by now nobody hears the reason.
    controller.abort();
  }
}

/** An abort that comes while the work breaks off because of it must be what the caller sees. */
async function workUnlessEnded<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

function ended(signal: AbortSignal): Promise<never> {
  return new Promise((_done, fail) => {
    signal.addEventListener('abort', () => fail(signal.reason as Error), { once: true });
  });
}
