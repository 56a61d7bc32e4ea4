import type { RunSummary } from './run-census.ts';

/** Read at each scrape. */
export interface ControllerGauges {
  /** Unfinished runs that this process drives. */
  readonly activeRuns: number;
  /** Runs that wait for their turn, by lane. */
  readonly queueDepth: Readonly<Record<string, number>>;
}

/** One request to an API server, answered. */
export interface ApiRequestFacts {
  /** As in RBAC: get, list, watch, create, update, patch, delete. */
  readonly verb: string;
  /** Plural, with its subresource: `workflowruns/status`. */
  readonly resource: string;
  /** HTTP status; `error` where no answer came. */
  readonly code: number | 'error';
  /** Until the whole answer was read. Absent for a watch. */
  readonly seconds?: number;
}

/** What the controller tells of itself. No call throws, waits, or takes a run's name. */
export interface ControllerMetrics {
  runStarted(namespace: string): void;
  runFinished(phase: string, seconds: number): void;
  /** A run exists and is like this now; every one that is watched is told, at each change. */
  runSeen(uid: string, run: RunSummary): void;
  runGone(uid: string): void;
  runQuarantined(): void;
  /** Also of a sub-step. */
  stepFinished(type: string, phase: string, seconds: number): void;
  planned(seconds: number): void;
  reconciled(beginPhase: string, endPhase: string, seconds: number): void;
  /** `outcome` is `done` or the kind of a SluiceError. */
  effect(op: string, outcome: string, seconds: number): void;
  queueWaited(lane: string, seconds: number): void;
  apiRequest(request: ApiRequestFacts): void;
  watchRestarted(resource: string, reason: string): void;
  /** Also when nothing has changed. */
  leaseHeld(lease: string, isHeld: boolean): void;
  /** `bytes` of the body, for one that was written. */
  statusWritten(outcome: 'written' | 'conflict' | 'failed', bytes?: number): void;
  logLinesDropped(count: number): void;
  event(outcome: EventOutcome): void;
  admission(kind: string, outcome: AdmissionOutcome, seconds: number): void;
  /** Milliseconds since 1970. */
  certificateEnds(atMs: number): void;
  /** Who is asked for the gauges at each scrape; until then they are absent. */
  readGauges(read: () => ControllerGauges): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
}

export type EventOutcome = 'created' | 'repeated' | 'limited' | 'dropped' | 'failed';
export type AdmissionOutcome = 'allowed' | 'refused' | 'malformed' | 'error';

/** The media type of `text()`. */
export const metricsType: string = 'text/plain; version=0.0.4; charset=utf-8';

/** Where nobody scrapes: keeps nothing. */
export const noMetrics: ControllerMetrics = {
  runStarted() {},
  runFinished() {},
  runSeen() {},
  runGone() {},
  runQuarantined() {},
  stepFinished() {},
  planned() {},
  reconciled() {},
  effect() {},
  queueWaited() {},
  apiRequest() {},
  watchRestarted() {},
  leaseHeld() {},
  statusWritten() {},
  logLinesDropped() {},
  event() {},
  admission() {},
  certificateEnds() {},
  readGauges() {},
  text: async () => '',
};
