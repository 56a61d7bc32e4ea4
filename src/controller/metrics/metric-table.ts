export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** One metric: what a scrape calls it, and what docs/reference/metrics.md says of it. */
export interface MetricSpec<Kind extends MetricKind = MetricKind> {
  readonly name: string;
  readonly kind: Kind;
  /** Absent: it counts. */
  readonly unit?: 'seconds' | 'milliseconds' | 'bytes' | 'ratio' | 'unix seconds';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram's buckets, ascending, in its unit. */
  readonly buckets?: readonly number[];
  /** A name of KubeVela's controller, with its meaning. */
  readonly isKubeVelas?: true;
}

/** From a run of one pure step to one that waits a day for a person. */
const runBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400];
const stepBuckets = [
  1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 3_600_000,
];
const callBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What is different in a label beyond this many values is counted as `other`. */
export const labelLimit: number = 100;

export type CounterKey =
  | 'runsInitialized'
  | 'runsStarted'
  | 'runsQuarantined'
  | 'stepsFinished'
  | 'effects'
  | 'apiRequests'
  | 'watchRestarts'
  | 'leaseChanges'
  | 'statusWrites'
  | 'statusBytes'
  | 'logLinesDropped'
  | 'events'
  | 'admissions'
  | 'processCpu';
export type GaugeKey =
  | 'runPhases'
  | 'stepPhases'
  | 'runsActive'
  | 'queueDepth'
  | 'leaseHeld'
  | 'certificateEnd'
  | 'buildInfo'
  | 'processMemory'
  | 'processStart'
  | 'eventLoop';
export type HistogramKey =
  | 'runFinished'
  | 'stepDuration'
  | 'reconcile'
  | 'planned'
  | 'effectSeconds'
  | 'queueWait'
  | 'apiSeconds'
  | 'admissionSeconds';

/** Every metric of the controller, by the name that the code gives it. */
export const metricTable: Readonly<
  Record<CounterKey, MetricSpec<'counter'>> &
    Record<GaugeKey, MetricSpec<'gauge'>> &
    Record<HistogramKey, MetricSpec<'histogram'>>
> = {
  runsInitialized: {
    name: 'workflowrun_initialized_num',
    kind: 'counter',
    labels: [],
    help: 'Runs started, restarts included.',
    isKubeVelas: true,
  },
  runFinished: {
    name: 'workflowrun_finished_time_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['phase'],
    help: 'From the start of a run to its end.',
    buckets: runBuckets,
    isKubeVelas: true,
  },
  runPhases: {
    name: 'workflowrun_phase_number',
    kind: 'gauge',
    labels: ['phase'],
    help: 'Runs that exist now; `-` is one without a status.',
    isKubeVelas: true,
  },
  stepPhases: {
    name: 'workflowrun_step_phase_number',
    kind: 'gauge',
    labels: ['step_type', 'phase'],
    help: 'Steps of the runs that exist now, sub-steps not counted. The phase is `PHASE#REASON`, as in KubeVela.',
    isKubeVelas: true,
  },
  stepDuration: {
    name: 'workflowrun_step_duration_ms',
    kind: 'histogram',
    unit: 'milliseconds',
    labels: ['controller', 'step_type'],
    help: 'From the first start of a step to its end. `controller` is `workflowrun`.',
    buckets: stepBuckets,
    isKubeVelas: true,
  },
  reconcile: {
    name: 'workflowrun_reconcile_time_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['begin_phase', 'end_phase'],
    help: 'One pass over a run, effects not waited for.',
    buckets: callBuckets,
    isKubeVelas: true,
  },
  planned: {
    name: 'generate_task_runners_time_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['controller'],
    help: 'Checking a run and freezing its plan, once a start. `controller` is `workflowrun`.',
    buckets: callBuckets,
    isKubeVelas: true,
  },
  runsStarted: {
    name: 'sluice_runs_started_total',
    kind: 'counter',
    labels: ['namespace'],
    help: 'Runs started, restarts included.',
  },
  runsActive: {
    name: 'sluice_runs_active',
    kind: 'gauge',
    labels: [],
    help: 'Unfinished runs that this process drives.',
  },
  runsQuarantined: {
    name: 'sluice_runs_quarantined_total',
    kind: 'counter',
    labels: [],
    help: 'Runs set aside because driving them failed again and again.',
  },
  stepsFinished: {
    name: 'sluice_steps_finished_total',
    kind: 'counter',
    labels: ['step_type', 'phase'],
    help: 'Steps that ended, sub-steps included.',
  },
  effects: {
    name: 'sluice_effects_total',
    kind: 'counter',
    labels: ['op', 'outcome'],
    help: 'Ops performed. The outcome is `done`, or the kind of the error.',
  },
  effectSeconds: {
    name: 'sluice_effect_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['op'],
    help: 'Time that one op took.',
    buckets: callBuckets,
  },
  queueDepth: {
    name: 'sluice_queue_depth',
    kind: 'gauge',
    labels: ['lane'],
    help: 'Runs that wait for their turn: `new` work goes before `resync`.',
  },
  queueWait: {
    name: 'sluice_queue_wait_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['lane'],
    help: 'How long a run waited for its turn.',
    buckets: callBuckets,
  },
  apiRequests: {
    name: 'sluice_api_requests_total',
    kind: 'counter',
    labels: ['verb', 'resource', 'code'],
    help: 'Requests to API servers. The code is the HTTP status, or `error` where no answer came.',
  },
  apiSeconds: {
    name: 'sluice_api_request_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: ['verb', 'resource'],
    help: 'Time until the whole answer of an API server was read; watches are not counted.',
    buckets: callBuckets,
  },
  watchRestarts: {
    name: 'sluice_watch_restarts_total',
    kind: 'counter',
    labels: ['resource', 'reason'],
    help: 'Watches begun anew, by what ended the one before.',
  },
  leaseHeld: {
    name: 'sluice_lease_held',
    kind: 'gauge',
    labels: ['lease'],
    help: '1 where this process holds the lease, 0 where it stands by.',
  },
  leaseChanges: {
    name: 'sluice_lease_changes_total',
    kind: 'counter',
    labels: ['lease', 'to'],
    help: 'How often this process came to hold a lease, or lost it: `to` is `held` or `standby`.',
  },
  statusWrites: {
    name: 'sluice_status_writes_total',
    kind: 'counter',
    labels: ['outcome'],
    help: 'Writes of a run’s status: `written`, `conflict` or `failed`.',
  },
  statusBytes: {
    name: 'sluice_status_write_bytes_total',
    kind: 'counter',
    unit: 'bytes',
    labels: [],
    help: 'Size of the status writes that succeeded.',
  },
  logLinesDropped: {
    name: 'sluice_log_lines_dropped_total',
    kind: 'counter',
    labels: [],
    help: 'Lines that steps logged beyond what is kept with a run.',
  },
  events: {
    name: 'sluice_events_total',
    kind: 'counter',
    labels: ['outcome'],
    help: 'Kubernetes Events: `created`, `repeated` (counted in one that exists), `limited`, `dropped` or `failed`.',
  },
  admissions: {
    name: 'sluice_admission_reviews_total',
    kind: 'counter',
    labels: ['kind', 'outcome'],
    help: 'Objects that the webhook was asked about: `allowed`, `refused`, `malformed` or `error`.',
  },
  admissionSeconds: {
    name: 'sluice_admission_seconds',
    kind: 'histogram',
    unit: 'seconds',
    labels: [],
    help: 'Time until the webhook answered.',
    buckets: callBuckets,
  },
  certificateEnd: {
    name: 'sluice_webhook_certificate_end_seconds',
    kind: 'gauge',
    unit: 'unix seconds',
    labels: [],
    help: 'When the certificate that the webhook serves ends.',
  },
  buildInfo: { name: 'sluice_build_info', kind: 'gauge', labels: ['version'], help: 'Always 1.' },
  eventLoop: {
    name: 'sluice_event_loop_utilization',
    kind: 'gauge',
    unit: 'ratio',
    labels: [],
    help: 'Share of the time since the last scrape in which the main thread was busy.',
  },
  processCpu: {
    name: 'process_cpu_seconds_total',
    kind: 'counter',
    unit: 'seconds',
    labels: [],
    help: 'User and system CPU time.',
  },
  processMemory: {
    name: 'process_resident_memory_bytes',
    kind: 'gauge',
    unit: 'bytes',
    labels: [],
    help: 'Resident memory, workers included.',
  },
  processStart: {
    name: 'process_start_time_seconds',
    kind: 'gauge',
    unit: 'unix seconds',
    labels: [],
    help: 'When the process started.',
  },
};
