import { isSluiceError } from '../../api/errors.ts';
import { resourceOf } from '../../cluster/known-kinds.ts';
import { quoteText } from '../quote-text.ts';
import { queryOf, type SnapshotKind } from './kinds.ts';

/** What could not be read. Nothing may be concluded from what would have been in it. */
export interface ReadGap {
  /** `evaluate` a condition, `ask` a server: of analyzers of the user. */
  readonly verb: 'list' | 'get' | 'evaluate' | 'ask';
  /** As RBAC spells it, such as `deployments.apps` or `pods/log`. */
  readonly resource: string;
  /**
   * `NotInstalled`: the server does not serve the kind. `NotGiven`: it is in none of the files that are judged. `OutOfScope`: it
   * would be in a namespace that was not asked for. `LeftOut`: there is more of it than is read.
   */
  readonly reason:
    | 'Forbidden'
    | 'NotInstalled'
    | 'NotGiven'
    | 'OutOfScope'
    | 'LeftOut'
    | 'TimedOut'
    | 'Failed';
  /** What the server said, on one line. */
  readonly text: string;
}

/** Whether more is known to be there, or may be: of the other reasons it is not there, or was not asked for. */
export function mayHideMore({ reason }: Pick<ReadGap, 'reason'>): boolean {
  return reason === 'Forbidden' || reason === 'TimedOut' || reason === 'Failed' || reason === 'LeftOut';
}

/** Throws as `gapOfError` does. */
export function gapOf(kind: SnapshotKind, error: unknown): ReadGap {
  return gapOfError({ verb: 'list', resource: resourceOf(queryOf(kind).apiVersion, kind) }, error);
}

/** Throws where Sluice itself is at fault. */
export function gapOfError(what: Pick<ReadGap, 'verb' | 'resource'>, error: unknown): ReadGap {
  if (!isSluiceError(error) || error.kind === 'bug') throw error;
  return {
    ...what,
    reason: reasonOf(error.kind, error.code),
    text: quoteText(error.message, 300),
  };
}

/** For what is in another namespace than the one that was read. */
export function outsideOf(kind: SnapshotKind, namespace: string): ReadGap {
  return {
    verb: 'list',
    resource: resourceOf(queryOf(kind).apiVersion, kind),
    reason: 'OutOfScope',
    text: `only namespace ${quoteText(namespace, 63)} was read`,
  };
}

function reasonOf(kind: string, code: string): ReadGap['reason'] {
  if (kind === 'denied') return 'Forbidden';
  if (code === 'NoSuchKind') return 'NotInstalled';
  if (code === 'NotGiven') return 'NotGiven';
  return /time-?d?out/i.test(code) ? 'TimedOut' : 'Failed';
}
