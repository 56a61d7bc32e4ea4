import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Severity } from '../../src/analyze/finding.ts';
import type { ImageRule } from '../../src/cluster/memory/images/cluster-rules.ts';

/** One cluster state and what is to be said of it: a file of `scenarios/`, whose name is `id`. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** Where it was reported; one without `url` is our own design. */
  readonly source: { readonly name: string; readonly url?: string };
  readonly about: string;
  readonly world: World;
  readonly expect: Expectation;
}

export type World =
  | {
      readonly kind: 'state';
      /** Objects with status and events, as the API server holds them; still with `3h ago` for times. */
      readonly objects: readonly KubeObject[];
      /** Kinds that may not be listed. */
      readonly denied: readonly string[];
      /** Kinds that the server does not serve. */
      readonly notInstalled: readonly string[];
      readonly logs: readonly ContainerLog[];
    }
  | {
      readonly kind: 'made';
      /** What a user applies; the in-memory cluster makes the rest. */
      readonly manifests: readonly KubeObject[];
      readonly images: readonly ImageRule[];
      /** The state is looked at so long after the manifests were applied. */
      readonly afterMs: number;
    };

export interface ContainerLog {
  /** `namespace/name` */
  readonly pod: string;
  readonly container: string;
  readonly text?: string;
  /** Of the run before the last restart. */
  readonly previous?: string;
}

export type Verdict = 'broken' | 'healthy' | 'unknown';

export interface Expectation {
  readonly verdict: Verdict;
  /** Each is a right answer; none for a state that is not broken. */
  readonly roots: readonly FindingPattern[];
  /** `Kind/name` of objects that suffer from the root; findings about them belong to its incident. */
  readonly consequences: readonly string[];
  readonly mustReport: readonly FindingPattern[];
  readonly mustNotReport: readonly FindingPattern[];
  readonly notChecked: readonly { readonly resource: string; readonly reason: string }[];
  /** How many findings of severity medium or worse there are. */
  readonly problems?: number;
}

/** Fits a finding when all that it names does. */
export interface FindingPattern {
  readonly kind: string;
  readonly namespace?: string;
  /** `web-*` fits what begins with `web-`. */
  readonly name?: string;
  /** Any of these reason codes. */
  readonly reason?: readonly string[];
  /** Each stands in what the finding says, in any case. */
  readonly mentions?: readonly string[];
  /** So severe or worse. */
  readonly severity?: Severity;
}

/** A pattern as files write it: `reason` may be one. */
export interface WrittenPattern extends Omit<FindingPattern, 'reason'> {
  readonly reason?: string | readonly string[];
}

/** The fields of a file, once its schema has been checked. */
export interface ScenarioFile {
  readonly title: string;
  readonly source: Scenario['source'];
  readonly about: string;
  readonly state?: readonly JsonObject[];
  readonly denied?: readonly string[];
  readonly notInstalled?: readonly string[];
  readonly logs?: readonly ContainerLog[];
  readonly manifests?: readonly JsonObject[];
  readonly images?: readonly ImageRule[];
  readonly after?: string;
  readonly expect: Partial<Omit<Expectation, 'roots' | 'mustReport' | 'mustNotReport'>> & {
    readonly verdict: Verdict;
    readonly root?: WrittenPattern | readonly WrittenPattern[];
    readonly mustReport?: readonly WrittenPattern[];
    readonly mustNotReport?: readonly WrittenPattern[];
  };
}
