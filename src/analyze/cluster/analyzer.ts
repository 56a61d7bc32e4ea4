import type { Category, Finding } from '../finding.ts';
import type { MissingObject } from '../missing-object.ts';
import type { SnapshotKind } from './kinds.ts';
import type { LogWish } from './logs/log-wishes.ts';
import type { Look } from './look.ts';

/** What an analyzer says of one object; who it is about is added by who asked. */
export interface Problem extends Omit<Finding, 'object' | 'category' | 'evidence'> {
  readonly evidence?: Finding['evidence'];
  /** Absent: `runtime`. */
  readonly category?: Category;
  /** The object that it refers to and that is not there: findings that miss the same one belong together. */
  readonly missing?: MissingObject;
  /** The same in k8sgpt's words, which scripts match on; absent where it has none for it. */
  readonly k8sgpt?: {
    readonly text: string;
    /** Absent: the name of the analyzer. */
    readonly kind?: string;
    /** Absent: namespace and name of the object. */
    readonly name?: string;
  };
}

export interface Analyzer {
  /** What filters call it, in k8sgpt, too: mostly the kind that it judges. */
  readonly name: string;
  /** The kinds whose objects it judges, one by one. */
  readonly judges: readonly SnapshotKind[];
  /** Kinds that it looks things up in, beside those. */
  readonly reads: readonly SnapshotKind[];
  /** The logs that `check` asks for. They are read before, within bounds: those that are most urgent. */
  logs?(look: Look): readonly LogWish[];
  /** Pure. What it could not ask is noted by `look`. */
  check(look: Look): readonly Problem[];
}
