import { performance } from 'node:perf_hooks';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { ControllerGauges, ControllerMetrics } from './controller-metrics.ts';
import { LabelValues } from './label-values.ts';
import {
  labelLimit,
  metricTable,
  type CounterKey,
  type GaugeKey,
  type HistogramKey,
  type MetricSpec,
} from './metric-table.ts';
import { RunCensus } from './run-census.ts';

export interface MetricsOptions {
  /** Of this program, for `sluice_build_info`. */
  readonly version: string;
}

/** Metrics that are kept until someone scrapes them. Their library is loaded here, so that nothing else pays for it. */
export async function openMetrics({ version }: MetricsOptions): Promise<ControllerMetrics> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  const made = new Map<string, Counter | Gauge | Histogram>();
  for (const [key, spec] of Object.entries<MetricSpec>(metricTable)) {
    const { name, help, labels, buckets } = spec;
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (spec.kind === 'counter') made.set(key, new prometheus.Counter(options));
    else if (spec.kind === 'gauge') made.set(key, new prometheus.Gauge(options));
    else made.set(key, new prometheus.Histogram({ ...options, buckets: [...(buckets ?? [])] }));
  }
  const counter = (key: CounterKey): Counter => made.get(key) as Counter;
  const gauge = (key: GaugeKey): Gauge => made.get(key) as Gauge;
  /** A clock that was set back, or a time that is missing, must not stop who tells of it. */
  const observe = (key: HistogramKey, labels: Readonly<Record<string, string>>, value: number): void => {
    if (Number.isFinite(value)) (made.get(key) as Histogram).observe(labels, Math.max(0, value));
  };

  const namespaces = new LabelValues(labelLimit);
  const types = new LabelValues(labelLimit);
  const ops = new LabelValues(labelLimit);
  const resources = new LabelValues(labelLimit);
  const kinds = new LabelValues(labelLimit);
  const census = new RunCensus((type) => types.of(type));
  const leases = new Map<string, boolean>();
  const controller = 'workflowrun';
  let gauges: (() => ControllerGauges) | undefined;
  let utilization = performance.eventLoopUtilization();
  gauge('buildInfo').set({ version }, 1);
  gauge('processStart').set(Math.round(performance.timeOrigin) / 1000);

  /** What is not counted as it happens. */
  function collect(): void {
    const { runs, steps } = census.counts();
    for (const [phase, count] of runs) gauge('runPhases').set({ phase }, count);
    for (const [step_type, phase, count] of steps) gauge('stepPhases').set({ step_type, phase }, count);
    if (gauges !== undefined) {
      const { activeRuns, queueDepth } = gauges();
      gauge('runsActive').set(activeRuns);
      for (const [lane, depth] of Object.entries(queueDepth)) gauge('queueDepth').set({ lane }, depth);
    }
    const cpu = process.cpuUsage();
    counter('processCpu').reset();
    counter('processCpu').inc((cpu.user + cpu.system) / 1e6);
    gauge('processMemory').set(process.memoryUsage.rss());
    const now = performance.eventLoopUtilization();
    gauge('eventLoop').set(performance.eventLoopUtilization(now, utilization).utilization);
    utilization = now;
  }

  return {
    runStarted(namespace) {
      counter('runsInitialized').inc();
      counter('runsStarted').inc({ namespace: namespaces.of(namespace) });
    },
    runFinished: (phase, seconds) => observe('runFinished', { phase }, seconds),
    runSeen: (uid, run) => census.see(uid, run),
    runGone: (uid) => census.forget(uid),
    runQuarantined: () => counter('runsQuarantined').inc(),
    stepFinished(type, phase, seconds) {
      const step_type = types.of(type);
      observe('stepDuration', { controller, step_type }, seconds * 1000);
      counter('stepsFinished').inc({ step_type, phase });
    },
    planned: (seconds) => observe('planned', { controller }, seconds),
    reconciled: (begin_phase, end_phase, seconds) =>
      observe('reconcile', { begin_phase, end_phase }, seconds),
    effect(op, outcome, seconds) {
      counter('effects').inc({ op: ops.of(op), outcome });
      observe('effectSeconds', { op: ops.of(op) }, seconds);
    },
    queueWaited: (lane, seconds) => observe('queueWait', { lane }, seconds),
    apiRequest({ verb, resource: named, code, seconds }) {
      const resource = resources.of(named);
      counter('apiRequests').inc({ verb, resource, code: String(code) });
      if (seconds !== undefined) observe('apiSeconds', { verb, resource }, seconds);
    },
    watchRestarted: (resource, reason) =>
      counter('watchRestarts').inc({ resource: resources.of(resource), reason }),
    leaseHeld(lease, isHeld) {
      const before = leases.get(lease) ?? false;
      leases.set(lease, isHeld);
      gauge('leaseHeld').set({ lease }, isHeld ? 1 : 0);
      if (isHeld !== before) counter('leaseChanges').inc({ lease, to: isHeld ? 'held' : 'standby' });
    },
    statusWritten(outcome, bytes = 0) {
      counter('statusWrites').inc({ outcome });
      if (outcome === 'written') counter('statusBytes').inc(bytes);
    },
    logLinesDropped: (count) => counter('logLinesDropped').inc(count),
    event: (outcome) => counter('events').inc({ outcome }),
    admission(kind, outcome, seconds) {
      counter('admissions').inc({ kind: kinds.of(kind), outcome });
      observe('admissionSeconds', {}, seconds);
    },
    certificateEnds: (atMs) => gauge('certificateEnd').set(atMs / 1000),
    readGauges(read) {
      gauges = read;
    },
    async text() {
      collect();
      return registry.metrics();
    },
  };
}
