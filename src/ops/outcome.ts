import { isSluiceError, type ErrorKind } from '../api/errors.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import { useOfError } from '../llm/use-of-error.ts';

export type OpError = Extract<OpOutcome, { kind: 'error' }>;

export function terminal(message: string): OpError {
  return { kind: 'error', class: 'terminal', message };
}

/**
 * The outcome of an op whose work threw; `doing` says what it was about, such as `apply Deployment default/web`, unless the
 * error itself does. What is no SluiceError, and a `bug`, is thrown on: the world did not do that.
 */
export function outcomeOfError(thrown: unknown, doing?: string): OpError {
  const errorClass = isSluiceError(thrown) ? classOfKind[thrown.kind] : undefined;
  if (!isSluiceError(thrown) || errorClass === undefined) throw thrown;
  const about = doing === undefined ? '' : `${doing}: `;
  const hint = thrown.hint === undefined ? '' : ` (${thrown.hint})`;
  const outcome: OpError = {
    kind: 'error',
    class: errorClass,
    message: `${about}${thrown.message}${hint}`,
  };
  const use = useOfError(thrown);
  return {
    ...outcome,
    ...(thrown.retryAfterMs === undefined ? {} : { retryAfterMs: thrown.retryAfterMs }),
    ...(use === undefined ? {} : { use }),
  };
}

const classOfKind: Readonly<Record<ErrorKind, OpError['class'] | undefined>> = {
  invalid: 'terminal',
  denied: 'terminal',
  terminal: 'terminal',
  transient: 'transient',
  environment: 'transient',
  indeterminate: 'indeterminate',
  bug: undefined,
};
