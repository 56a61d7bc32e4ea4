import type { ModelUse } from './model-use.ts';

/** What an error deserves; nothing else decides a retry or an exit code. */
export type ErrorKind =
  /** The user must change something: nothing ran. */
  | 'invalid'
  /** May pass by itself: retried under the step's policy. */
  | 'transient'
  /** Refused by an authority (egress policy, RBAC): never retried. */
  | 'denied'
  /** Will fail again the same way. */
  | 'terminal'
  /** The effect may have happened. */
  | 'indeterminate'
  /** The machine Sluice runs on: disk, database, state directory, unreachable cluster. */
  | 'environment'
  /** A fault of Sluice itself. */
  | 'bug';

const brand = Symbol.for('sluice.dev/error');

export interface ErrorOptions {
  readonly cause?: unknown;
  /** What to do next, shown under the message. */
  readonly hint?: string;
  /** For `transient`: wait at least this long. */
  readonly retryAfterMs?: number;
  /** Machine-readable facts; never secrets. */
  readonly details?: Readonly<Record<string, string | number | boolean | ModelUse>>;
}

/** The one error class. `code` is stable and PascalCase; the message says what failed, where, and what to do. */
export class SluiceError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly details: ErrorOptions['details'];

  constructor(kind: ErrorKind, code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SluiceError';
    Object.defineProperty(this, brand, { value: true });
    this.kind = kind;
    this.code = code;
    this.hint = options.hint;
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }
}

/** Recognises a SluiceError of any copy of this module. */
export function isSluiceError(value: unknown): value is SluiceError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
