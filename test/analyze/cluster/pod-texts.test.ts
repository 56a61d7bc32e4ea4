import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import { analyze, event, object } from './objects.ts';

/** A Pod whose container was ended like this and waits to be started again. */
const looping = (terminated: JsonObject): KubeObject =>
  object('v1', 'Pod', 'web-1', {
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'c',
          ready: false,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
          lastState: { terminated },
        },
      ],
    },
  });

test('a container that its probe has ended says so', async () => {
  const killed = looping({ reason: 'Error', exitCode: 143 });
  const probe = event(killed, 'Unhealthy', 'Liveness probe failed: deadline');
  const { findings } = await analyze([killed, probe]);
  expect(findings).toMatchObject([
    { id: 'CrashLoopBackOff', evidence: [{ text: 'Liveness probe failed: deadline' }] },
  ]);
  expect(findings[0]?.fix).toContain('startup probe');
});

test('a container that was killed for its memory says how much it may use', async () => {
  const killed = object('v1', 'Pod', 'load', {
    spec: { containers: [{ name: 'c', resources: { limits: { memory: '64Mi' } } }] },
    status: {
      phase: 'Failed',
      containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }],
    },
  });
  const { findings } = await analyze([killed]);
  expect(findings).toMatchObject([
    {
      id: 'OOMKilled',
      text: 'Container c was killed: it used more memory than its limit of 64Mi.',
      fix: 'Raise its memory limit of 64Mi, or make it need less.',
    },
  ]);
});

test('a Pod that no node takes says which labels it asks for', async () => {
  const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
  const status = {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', reason: 'Unschedulable', message }],
  };
  const { findings } = await analyze([
    object('v1', 'Pod', 'web', { spec: { nodeSelector: { pool: 'fast' } }, status }),
  ]);
  expect(findings[0]?.text).toBe(`No node takes the Pod, which asks for nodes with pool=fast: ${message}`);
});

test('a container that could not be started says why', async () => {
  const terminated = { reason: 'StartError', exitCode: 128, message: 'exec: "serve": not found' };
  const { findings } = await analyze([looping(terminated)]);
  expect(findings[0]?.text).toBe(
    'Container c starts and ends again and again; its last run ended with StartError: exec: "serve": not found.',
  );
  expect(findings[0]?.fix).toContain('command');
});
