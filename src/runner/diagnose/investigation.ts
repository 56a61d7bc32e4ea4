import type { Finding, FindingObject, Severity } from '../../analyze/finding.ts';

/**
 * `broken`: there is a problem of severity medium or worse. `progressing`: a rollout is under way, and nothing is wrong with
 * it so far. `unknown`: nothing was found, and not all could be looked at, or no rule looks at such an object.
 */
export type Health = 'healthy' | 'progressing' | 'broken' | 'unknown';

export interface Confidence {
  /** `certain`: a rule read it in the state. `likely`: the state shows that it fails, and why is inferred or not known. */
  readonly level: 'certain' | 'likely';
  /** In words. */
  readonly why: string;
}

/** What follows from a cause, or from what follows from it. */
export interface Following {
  readonly object: FindingObject;
  readonly id: string;
  readonly severity: Severity;
  readonly text: string;
  /** The link to what it stands under. */
  readonly because: string;
  /** Others of the same owner with the same problem. */
  readonly others: number;
  readonly follows: readonly Following[];
}

/** One cause and what it brings with it. */
export interface Cause {
  /** Of the incident, as `sluice analyze` prints it; absent where only a closer look at this one object shows the cause. */
  readonly incident?: string;
  /** The object to begin with. */
  readonly object: FindingObject;
  /** `Kind/name` of the topmost owner of that object. */
  readonly parent?: string;
  readonly severity: Severity;
  /** Why it is one, in the words of the cluster, such as `ImagePullBackOff`. */
  readonly reason: string;
  /** What is wrong, as closely as the rules can tell it. */
  readonly finding: Finding;
  readonly confidence: Confidence;
  /** Objects of the same owner with the same problem. */
  readonly alike: readonly FindingObject[];
  readonly follows: readonly Following[];
}

/** Something that was read, such as a log. */
export interface Quoted {
  readonly ref: string;
  readonly text: string;
}

/** All that rules can tell about one object. Plain data, without secrets. */
export interface Investigation {
  readonly object: FindingObject;
  readonly health: Health;
  /** Nearest first. */
  readonly owners: readonly FindingObject[];
  /** Worst first. */
  readonly causes: readonly Cause[];
  /** What is wrong with what owns the object and does not touch it. */
  readonly around: readonly Omit<Following, 'because' | 'others' | 'follows'>[];
  /** Revisions of the Deployment that it is or belongs to, and what the last change changed. */
  readonly changes: readonly Quoted[];
  /** Newest first, a line each. */
  readonly events: readonly Quoted[];
  /** Of containers that failed. */
  readonly logs: readonly Quoted[];
  /** What could not be looked at, and why; nothing may be concluded from it. */
  readonly notChecked: readonly string[];
  /** Something may be wrong in what could not be looked at. */
  readonly mayHide: boolean;
}
