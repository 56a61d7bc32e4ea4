import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { Scene } from './scene.ts';
import { ago, runningStatus, waitingStatus } from './kube-fixtures.ts';
import { diagnosisOf, idsOf, loopStatus, withPod } from './scene.ts';

const unschedulable = (message: string): JsonObject => ({
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});

const noNode = { nodeName: null };

describe('the Pod says why', () => {
  const scenes: readonly (readonly [string, Scene, RegExp])[] = [
    [
      'ImagePullFailed',
      withPod(waitingStatus('ImagePullBackOff', 'Back-off pulling image "nginx:1.27"'), [
        [
          'Failed',
          'Failed to pull image "nginx:1.27": rpc error: code = NotFound desc = docker.io/library/nginx:1.27: not found',
        ],
      ]),
      /docker\.io\/library\/nginx has no tag "1\.27"/,
    ],
    [
      'ImageNameInvalid',
      withPod(
        waitingStatus(
          'InvalidImageName',
          `couldn't parse image name "Nginx": invalid reference format: repository name must be lowercase`,
        ),
        [],
        { container: { image: 'Nginx' } },
      ),
      /repository names must be lower case/,
    ],
    [
      'ContainerCrashLooping',
      withPod(loopStatus({ reason: 'Error', exitCode: 139 })),
      /again and again with exit code 139 \(killed by SIGSEGV/,
    ],
    [
      'ContainerOutOfMemory',
      withPod(loopStatus({ reason: 'OOMKilled', exitCode: 137 }), [], {
        container: { resources: { limits: { memory: '64Mi' } } },
      }),
      /more than its memory limit of 64Mi/,
    ],
    [
      'ContainerCannotStart',
      withPod(
        loopStatus({
          reason: 'StartError',
          exitCode: 128,
          message: 'exec: "serve": executable file not found in $PATH: unknown',
        }),
      ),
      /its command is not in the image/,
    ],
    [
      'ContainerConfigError',
      withPod(waitingStatus('CreateContainerConfigError', 'configmap "web-settings" not found')),
      /ConfigMap "web-settings", which does not exist/,
    ],
    [
      'PodUnschedulable',
      withPod(
        unschedulable(
          '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: true}.',
        ),
        [],
        { pod: noNode },
      ),
      /too little CPU is free; nodes are tainted/,
    ],
    [
      'VolumeMountFailed',
      withPod(waitingStatus('ContainerCreating'), [
        ['FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found'],
      ]),
      /Secret "web-tls", which does not exist/,
    ],
    [
      'PodSandboxFailed',
      withPod(waitingStatus('ContainerCreating'), [
        ['FailedCreatePodSandBox', 'plugin type="calico" failed (add): connection is unauthorized'],
      ]),
      /sandbox/,
    ],
    [
      'ReadinessProbeFailing',
      withPod(runningStatus(false), [
        ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'],
      ]),
      /readiness probe fails/,
    ],
    [
      'LivenessProbeFailing',
      withPod(
        runningStatus(false, {
          restartCount: 4,
          lastState: { terminated: { exitCode: 137, reason: 'Error', finishedAt: ago(5000) } },
        }),
        [['Unhealthy', 'Liveness probe failed: Get "http://10.0.0.7:8080/live": context deadline exceeded']],
      ),
      /restarted because its liveness probe fails/,
    ],
    [
      'PodEvicted',
      withPod({
        phase: 'Failed',
        reason: 'Evicted',
        message: 'The node was low on resource: ephemeral-storage.',
      }),
      /evicted/,
    ],
    [
      'PodSchedulingGated',
      withPod(
        {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'SchedulingGated',
              message: 'Scheduling is blocked',
            },
          ],
        },
        [],
        { pod: noNode },
      ),
      /gate/,
    ],
  ];

  test.each(scenes)('%s is the one cause, the missing replica only follows', async (id, scene, text) => {
    const result = await diagnosisOf(scene);
    expect(idsOf(result.causes)).toEqual([id]);
    expect(result.causes[0]?.text).toMatch(text);
    expect(result.causes[0]?.evidence.length).toBeGreaterThan(0);
    expect(idsOf(result.consequences)).toEqual(['RolloutInProgress']);
    expect(result.health).toBe('broken');
  });

  const calm: readonly (readonly [string, Scene])[] = [
    ['it pulls its image', withPod(waitingStatus('ContainerCreating'))],
    [
      'it runs and was killed for memory long ago',
      withPod(
        runningStatus(true, {
          restartCount: 1,
          lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: ago(90_000) } },
        }),
      ),
    ],
    [
      'a scheduler has refused it before, and placed it since',
      withPod(waitingStatus('ContainerCreating'), [
        ['FailedScheduling', '0/1 nodes are available: 1 Insufficient cpu.'],
      ]),
    ],
    [
      'its probe failed before it was ready',
      withPod(runningStatus(true), [['Unhealthy', 'Readiness probe failed: connection refused']]),
    ],
    ['it is not ready yet, and has no probe that says why', withPod(runningStatus(false))],
    ['it is done', withPod({ phase: 'Succeeded' })],
  ];

  test.each(calm)('no cause when %s', async (_name, scene) => {
    const result = await diagnosisOf(scene);
    expect(idsOf(result.causes)).toEqual(['RolloutInProgress']);
    expect(result.health).toBe('progressing');
  });
});

test.each([
  ['panic: dial tcp 10.0.0.3:5432: connect: connection refused', /does not answer/],
  ['exec /app/web: exec format error', /CPU architecture/],
  ["Error: EROFS: read-only file system, open '/app/cache'", /emptyDir/],
  ['bind: permission denied', /port above 1023/],
  ['FATAL: password authentication failed for user "web"', /password in its Secret/],
  ['java.lang.OutOfMemoryError: Java heap space', /heap size/],
  ['config: environment variable DATABASE_URL is not set', /set the variable/],
  ['goodbye', /Read the log/],
])('the last words of a program lead to a fix: %s', async (message, fix) => {
  const result = await diagnosisOf(withPod(loopStatus({ reason: 'Error', exitCode: 1, message })));
  expect(result.causes[0]?.fix).toMatch(fix);
  expect(result.causes[0]?.evidence[1]?.text).toBe(message);
});

function lately(ended: JsonObject): JsonObject {
  return runningStatus(true, {
    restartCount: 5,
    lastState: { terminated: { finishedAt: ago(20), ...ended } },
  });
}

test('between two crashes a loop is still a loop, and killed for memory a moment ago is still out of memory', async () => {
  expect(idsOf((await diagnosisOf(withPod(lately({ reason: 'Error', exitCode: 2 })))).causes)).toEqual([
    'ContainerCrashLooping',
  ]);
  expect(idsOf((await diagnosisOf(withPod(lately({ reason: 'OOMKilled', exitCode: 137 })))).causes)).toEqual([
    'ContainerOutOfMemory',
  ]);
});

test('a program that ends without an error, but is meant to run on, is told so', async () => {
  const result = await diagnosisOf(withPod(loopStatus({ reason: 'Completed', exitCode: 0 })));
  expect(result.causes[0]?.fix).toMatch(/keeps running, or make it a Job/);
});
