import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  openEventRecorder,
  type EventLimits,
  type EventRecorder,
} from '../../../src/controller/events/open-event-recorder.ts';
import { runFinishedEvent, type RunEvent } from '../../../src/controller/events/run-events.ts';
import { EventServer, refuse } from './event-server.ts';

const run = {
  apiVersion: 'core.oam.dev/v1alpha1',
  kind: 'WorkflowRun',
  namespace: 'team',
  name: 'demo',
  uid: 'e5b1',
};
const failed: RunEvent = { type: 'Warning', reason: 'StepFailed', message: 'step a failed' };

let server: EventServer;
let nowMs: number;
let counts: Record<string, number>;
beforeEach(async () => {
  server = await EventServer.start();
  nowMs = Date.parse('2026-01-02T03:04:05.678Z');
  counts = {};
});
afterEach(() => server.close());

function open(limits: Partial<EventLimits> = {}): EventRecorder {
  return openEventRecorder({
    client: server.client,
    component: 'sluice-controller',
    host: 'pod-1',
    now: () => nowMs,
    counted: (outcome) => {
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    },
    limits: { lingerMs: 60_000, backoffMs: 1, ...limits },
  });
}

describe('an Event', () => {
  test('is one of the core group, on the run', async () => {
    const recorder = open();
    recorder.record(run, runFinishedEvent('failed', 'step a: Timeout'));
    await recorder.flush();
    expect(server.requests).toEqual(['POST /api/v1/namespaces/team/events']);
    expect(server.only()).toEqual({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'team', name: expect.stringMatching(/^demo\.[0-9a-f]{16}$/) as string },
      involvedObject: run,
      type: 'Warning',
      reason: 'RunFailed',
      message: 'WorkflowRun finished with failure: step a: Timeout',
      source: { component: 'sluice-controller', host: 'pod-1' },
      reportingComponent: 'sluice-controller',
      reportingInstance: 'pod-1',
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:04:05Z',
      count: 1,
    });
    expect(counts).toEqual({ created: 1 });
  });

  test.each([
    ['succeeded', 'Normal', 'RunSucceeded', 'WorkflowRun finished successfully'],
    ['failed', 'Warning', 'RunFailed', 'WorkflowRun finished with failure'],
    ['terminated', 'Warning', 'RunTerminated', 'WorkflowRun finished with termination'],
  ] as const)('of a run that %s has KubeVela’s words', (phase, type, reason, message) => {
    expect(runFinishedEvent(phase)).toEqual({ type, reason, message });
  });

  test('is cut to 1 KiB between characters', async () => {
    const recorder = open();
    recorder.record(run, { ...failed, message: `a${'ü'.repeat(2000)}\uD800` });
    await recorder.flush();
    const message = String(server.only()['message']);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
    expect(message).toMatch(/^aü+…$/);
  });

  test('has a name that a server takes, however long the run’s', async () => {
    const recorder = open();
    recorder.record({ ...run, name: `${'a'.repeat(235)}.${'b'.repeat(17)}` }, failed);
    await recorder.flush();
    expect(server.only().metadata.name).toMatch(/^a{235}\.[0-9a-f]{16}$/);
  });
});

describe('a repetition', () => {
  test('that comes while the first waits is sent with it', async () => {
    const recorder = open();
    recorder.record(run, failed);
    nowMs += 60_000;
    recorder.record(run, failed);
    recorder.record(run, failed);
    await recorder.flush();
    expect(server.requests).toHaveLength(1);
    expect(server.only()).toMatchObject({
      count: 3,
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:05:05Z',
    });
    expect(counts).toEqual({ created: 1, repeated: 2 });
  });

  test('counts on in the one that was sent', async () => {
    const recorder = open({ lingerMs: 0 });
    for (let round = 1; round <= 3; round += 1) {
      recorder.record(run, failed);
      await expect.poll(() => server.events.size > 0 && server.only()['count']).toBe(round);
    }
    await recorder.flush();
    expect(server.requests.map((request) => request.split(' ')[0])).toEqual(['POST', 'PATCH', 'PATCH']);
    expect(counts).toEqual({ created: 1, repeated: 2 });
  });

  test('counts on in one of another process, or of this before it was restarted', async () => {
    for (let round = 1; round <= 3; round += 1) {
      nowMs += 1000;
      const recorder = open();
      recorder.record(run, failed);
      await recorder.flush();
    }
    expect(server.only()).toMatchObject({
      count: 3,
      firstTimestamp: '2026-01-02T03:04:06Z',
      lastTimestamp: '2026-01-02T03:04:08Z',
    });
  });

  test('makes a new one where the server has forgotten the first', async () => {
    const recorder = open({ lingerMs: 0 });
    recorder.record(run, failed);
    await expect.poll(() => counts['created']).toBe(1);
    server.events.clear();
    recorder.record(run, failed);
    await expect.poll(() => counts['created']).toBe(2);
    await recorder.flush();
    expect(server.only()).toMatchObject({ count: 1 });
  });

  test('of other words, or about another run, is another Event', async () => {
    const recorder = open();
    recorder.record(run, failed);
    recorder.record(run, { ...failed, message: 'step b failed' });
    recorder.record({ ...run, uid: 'other' }, failed);
    await recorder.flush();
    expect(server.events.size).toBe(3);
  });
});

describe('too many', () => {
  test('of one run are not sent, but its end is', async () => {
    const recorder = open({ burst: 10, reserved: 2 });
    for (let step = 0; step < 100; step += 1) recorder.record(run, { ...failed, message: `step ${step}` });
    recorder.record(run, runFinishedEvent('failed'));
    recorder.record({ ...run, uid: 'other', name: 'other' }, failed);
    await recorder.flush();
    expect([...server.events.values()].map(({ reason }) => reason)).toEqual([
      ...Array.from({ length: 8 }, () => 'StepFailed'),
      'RunFailed',
      'StepFailed',
    ]);
    expect(counts).toEqual({ created: 10, limited: 92 });
  });

  test('are fewer after a while', async () => {
    const recorder = open({ burst: 2, reserved: 0, refillMs: 1000 });
    const say = (step: number): void => recorder.record(run, { ...failed, message: `step ${step}` });
    for (const step of [1, 2, 3]) say(step);
    nowMs += 1000;
    for (const step of [4, 5]) say(step);
    await recorder.flush();
    expect(counts).toEqual({ created: 3, limited: 2 });
  });

  test('for the queue are dropped and counted', async () => {
    const recorder = open({ queue: 5 });
    for (let index = 0; index < 20; index += 1) recorder.record({ ...run, uid: `${index}` }, failed);
    await recorder.flush();
    expect(counts).toEqual({ created: 5, dropped: 15 });
  });
});

describe('a server', () => {
  test.each([
    [403, 'Forbidden'],
    [422, 'Invalid'],
  ])('that answers %i %s is not asked again', async (code, reason) => {
    server.intercept = (response) => {
      refuse(response, code, reason);
      return true;
    };
    const recorder = open();
    recorder.record(run, failed);
    await recorder.flush();
    expect(server.requests).toHaveLength(1);
    expect(counts).toEqual({ failed: 1 });
  });

  test('that is busy for a moment gets it in the end', async () => {
    let refusals = 2;
    server.intercept = (response) => {
      if (refusals === 0) return false;
      refusals -= 1;
      refuse(response, 503, 'ServiceUnavailable');
      return true;
    };
    const recorder = open();
    recorder.record(run, failed);
    await recorder.flush();
    expect(counts).toEqual({ created: 1 });
  });

  test('that breaks the connection is asked a few times', async () => {
    server.intercept = (response) => {
      response.destroy();
      return true;
    };
    const recorder = open({ retries: 2 });
    recorder.record(run, failed);
    await recorder.flush();
    expect(server.requests).toHaveLength(3);
    expect(counts).toEqual({ failed: 1 });
  });

  test('that never answers does not hold up the end of the process', async () => {
    server.intercept = () => true;
    const recorder = open({ lingerMs: 0 });
    recorder.record(run, failed);
    await expect.poll(() => server.requests.length).toBe(1);
    recorder.record({ ...run, uid: 'other' }, failed);
    await recorder.flush(10);
    recorder.record({ ...run, uid: 'late' }, failed);
    expect(counts).toEqual({ dropped: 2 });
  });
});
