import { describe, expect, test } from 'vitest';
import { noMetrics, type ControllerMetrics } from '../../../src/controller/metrics/controller-metrics.ts';
import { metricTable, type MetricSpec } from '../../../src/controller/metrics/metric-table.ts';
import { openMetrics } from '../../../src/controller/metrics/open-metrics.ts';

const specs = Object.values<MetricSpec>(metricTable);

/** Every method once. */
function tellAll(metrics: ControllerMetrics): void {
  metrics.runStarted('team');
  metrics.runFinished('succeeded', 0.2);
  metrics.runSeen('u1', {
    phase: 'executing',
    steps: [{ type: 'suspend', phase: 'suspending', reason: 'Suspend' }],
  });
  metrics.runQuarantined();
  metrics.stepFinished('apply-object', 'failed', 1.5);
  metrics.planned(0.01);
  metrics.reconciled('initializing', 'executing', 0.002);
  metrics.effect('http.request', 'transient', 0.05);
  metrics.queueWaited('new', 0.001);
  metrics.apiRequest({ verb: 'update', resource: 'workflowruns/status', code: 200, seconds: 0.004 });
  metrics.apiRequest({ verb: 'watch', resource: 'workflowruns', code: 'error' });
  metrics.watchRestarted('workflowruns', 'gone');
  metrics.leaseHeld('sluice-controller-0', true);
  metrics.statusWritten('written', 2048);
  metrics.statusWritten('conflict');
  metrics.logLinesDropped(3);
  metrics.event('created');
  metrics.admission('WorkflowRun', 'refused', 0.01);
  metrics.certificateEnds(1_800_000_000_000);
  metrics.readGauges(() => ({ activeRuns: 7, queueDepth: { new: 2, resync: 30 } }));
}

async function lines(metrics: ControllerMetrics): Promise<readonly string[]> {
  return (await metrics.text()).split('\n');
}

describe('a scrape', () => {
  test('has every metric of the table, with a value for each', async () => {
    const metrics = await openMetrics({ version: '1.2.3' });
    tellAll(metrics);
    const text = await metrics.text();
    const described = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => ({ name, kind }));
    expect(described).toEqual(specs.map(({ name, kind }) => ({ name, kind })));
    const valued = specs.filter(({ name }) =>
      new RegExp(`^${name}(_count)?(\\{[^}]*\\})? \\S`, 'm').test(text),
    );
    expect(valued.map(({ name }) => name)).toEqual(specs.map(({ name }) => name));
  });

  test.each([
    'sluice_runs_started_total{namespace="team"} 1',
    'workflowrun_initialized_num 1',
    'workflowrun_finished_time_seconds_bucket{le="0.25",phase="succeeded"} 1',
    'workflowrun_phase_number{phase="executing"} 1',
    'workflowrun_step_phase_number{step_type="suspend",phase="suspending#Suspend"} 1',
    'workflowrun_step_duration_ms_sum{controller="workflowrun",step_type="apply-object"} 1500',
    'sluice_api_requests_total{verb="watch",resource="workflowruns",code="error"} 1',
    'sluice_queue_depth{lane="resync"} 30',
    'sluice_lease_held{lease="sluice-controller-0"} 1',
    'sluice_status_write_bytes_total 2048',
    'sluice_webhook_certificate_end_seconds 1800000000',
    'sluice_build_info{version="1.2.3"} 1',
  ])('says %s', async (line) => {
    const metrics = await openMetrics({ version: '1.2.3' });
    tellAll(metrics);
    expect(await lines(metrics)).toContain(line);
  });

  test('can be had again, with counters that only grow', async () => {
    const metrics = await openMetrics({ version: '1' });
    metrics.runStarted('a');
    const cpu = async (): Promise<number> =>
      Number(
        (await lines(metrics)).find((line) => line.startsWith('process_cpu_seconds_total '))?.split(' ')[1],
      );
    const first = await cpu();
    const second = await cpu();
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThanOrEqual(first);
    expect(await lines(metrics)).toContain('sluice_runs_started_total{namespace="a"} 1');
  });
});

describe('runs that exist', () => {
  test('are counted as they are now', async () => {
    const metrics = await openMetrics({ version: '1' });
    metrics.runSeen('a', { steps: [] });
    metrics.runSeen('b', { phase: 'executing', steps: [{ type: 'x', phase: 'running' }] });
    metrics.runSeen('a', { phase: 'executing', steps: [{ type: 'x', phase: 'failed', reason: 'Timeout' }] });
    metrics.runSeen('b', { phase: 'succeeded', steps: [{ type: 'x', phase: 'succeeded' }] });
    metrics.runSeen('c', { phase: 'failed', steps: [] });
    metrics.runGone('c');
    metrics.runGone('never seen');
    expect((await lines(metrics)).filter((line) => /^workflowrun_(step_)?phase_number\{/.test(line))).toEqual(
      [
        'workflowrun_phase_number{phase="-"} 0',
        'workflowrun_phase_number{phase="executing"} 1',
        'workflowrun_phase_number{phase="succeeded"} 1',
        'workflowrun_phase_number{phase="failed"} 0',
        'workflowrun_step_phase_number{step_type="x",phase="running#"} 0',
        'workflowrun_step_phase_number{step_type="x",phase="failed#Timeout"} 1',
        'workflowrun_step_phase_number{step_type="x",phase="succeeded#"} 1',
      ],
    );
  });
});

describe('what cannot be true', () => {
  test('is no reason to fail: a clock set back, a time that is missing', async () => {
    const metrics = await openMetrics({ version: '1' });
    metrics.runFinished('failed', -5);
    metrics.runFinished('failed', Number.NaN);
    metrics.stepFinished('x', 'failed', Number.NaN);
    expect(await lines(metrics)).toEqual(
      expect.arrayContaining([
        'workflowrun_finished_time_seconds_sum{phase="failed"} 0',
        'workflowrun_finished_time_seconds_count{phase="failed"} 1',
        'sluice_steps_finished_total{step_type="x",phase="failed"} 1',
      ]),
    );
  });
});

describe('labels', () => {
  test('stay bounded however many names people choose', async () => {
    const metrics = await openMetrics({ version: '1' });
    for (let index = 0; index < 5000; index += 1) {
      metrics.runStarted(`namespace-${index}`);
      metrics.stepFinished(`type-${index}`, 'succeeded', 1);
      metrics.runSeen(`uid-${index}`, {
        phase: 'executing',
        steps: [{ type: `type-${index}`, phase: 'running' }],
      });
    }
    const text = await metrics.text();
    expect(text).toContain('sluice_runs_started_total{namespace="other"} 4900');
    expect(text).toContain('workflowrun_step_phase_number{step_type="other",phase="running#"} 4900');
    expect(text.split('\n').length).toBeLessThan(3000);
  });

  test('escape what a name holds', async () => {
    const metrics = await openMetrics({ version: '1' });
    metrics.stepFinished('a"b\nc', 'succeeded', 1);
    expect(await lines(metrics)).toContain(
      'sluice_steps_finished_total{step_type="a\\"b\\nc",phase="succeeded"} 1',
    );
  });

  test('of a lease count its changes, not how often it was told of', async () => {
    const metrics = await openMetrics({ version: '1' });
    for (const isHeld of [false, false, true, true, false]) metrics.leaseHeld('l', isHeld);
    expect((await lines(metrics)).filter((line) => line.startsWith('sluice_lease_'))).toEqual([
      'sluice_lease_held{lease="l"} 0',
      'sluice_lease_changes_total{lease="l",to="held"} 1',
      'sluice_lease_changes_total{lease="l",to="standby"} 1',
    ]);
  });
});

test('without anybody who scrapes nothing is kept', async () => {
  tellAll(noMetrics);
  expect(await noMetrics.text()).toBe('');
});
