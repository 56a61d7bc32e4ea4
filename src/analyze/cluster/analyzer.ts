import type { Finding } from '../finding.ts';
import type { SnapshotKind } from './kinds.ts';
import type { Look } from './look.ts';

/** What an analyzer says of one object; who it is about is added by who asked. */
export interface Problem extends Omit<Finding, 'object' | 'category' | 'evidence'> {
  readonly evidence?: Finding['evidence'];
  /** The same in k8sgpt's words, which scripts match on; absent where it has none for it. */
  readonly k8sgpt?: {
    readonly text: string;
    /** Absent: namespace and name of the object. */
    readonly name?: string;
  };
}

/** Judges the objects of one kind. */
export interface Analyzer {
  /** The kind, which is also what k8sgpt's filters call it. */
  readonly name: SnapshotKind;
  /** Kinds that it looks things up in, beside its own. */
  readonly reads: readonly SnapshotKind[];
  /** Pure. What it could not ask is noted by `look`. */
  check(look: Look): readonly Problem[];
}
