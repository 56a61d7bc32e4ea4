import type { Call } from './call.ts';

/** What happens to a request instead of being passed on and answered. */
export type Fault =
  /** `act` is called before the request is passed on, between the work and its answer, or once the answer is sent. */
  | { readonly type: 'kill'; readonly moment: KillMoment; act(): void }
  /** Another answer than the server's, the work being done or not. */
  | { readonly type: 'refuse'; readonly refusal: Refusal; readonly isDone: boolean }
  /** The connection breaks without an answer, the work being done or not. */
  | { readonly type: 'break'; readonly isDone: boolean }
  /** Nothing is passed on until the promise resolves. */
  | { readonly type: 'hold'; readonly until: Promise<void> }
  /** An answer from before, as a server gives one that lags behind. */
  | { readonly type: 'replay'; readonly body: Buffer };

export type KillMoment = 'before' | 'unanswered' | 'after';
export const killMoments: readonly KillMoment[] = ['before', 'unanswered', 'after'];

export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
}

type RefusalName = 'conflict' | 'tooMany' | 'internal' | 'timeout' | 'gone';

export const refusals: Readonly<Record<RefusalName, Refusal>> = {
  conflict: {
    code: 409,
    reason: 'Conflict',
    message: 'Operation cannot be fulfilled: the object has been modified; please apply your changes to it',
  },
  tooMany: { code: 429, reason: 'TooManyRequests', message: 'please try again later', retryAfterSeconds: 1 },
  internal: { code: 500, reason: 'InternalError', message: 'etcdserver: leader changed' },
  timeout: { code: 504, reason: 'Timeout', message: 'the server was unable to answer in the time allotted' },
  gone: { code: 410, reason: 'Expired', message: 'too old resource version' },
};

/** The Status object that an API server sends with a refusal. */
export function statusObject({ code, reason, message, retryAfterSeconds }: Refusal): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    ...(retryAfterSeconds === undefined ? {} : { details: { retryAfterSeconds } }),
  };
}

/** Does `fault` at the n-th call (from 1) that matches, once; every other call passes. */
export function atNth(
  n: number,
  matches: (call: Call) => boolean,
  fault: (call: Call) => Fault,
): (call: Call) => Fault | undefined {
  let seen = 0;
  return (call) => {
    if (seen >= n || !matches(call)) return undefined;
    seen += 1;
    return seen === n ? fault(call) : undefined;
  };
}
