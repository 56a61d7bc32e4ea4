import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Diagnosis } from '../../src/analyze/diagnose.ts';
import { diagnose } from '../../src/analyze/diagnose.ts';
import { readLiveState } from '../../src/analyze/live-state.ts';
import { fakeCluster } from './fake-cluster.ts';
import {
  ago,
  bareDeployment,
  eventOn,
  merge,
  nowMs,
  podOf,
  replicaSetOf,
  waitingStatus,
} from './kube-fixtures.ts';

/** What a cluster holds: the object that is asked about, and the others. */
export interface Scene {
  readonly object: KubeObject;
  readonly others: readonly KubeObject[];
}

export async function diagnosisOf(scene: Scene): Promise<Diagnosis> {
  const cluster = fakeCluster([scene.object, ...scene.others]);
  return diagnose(await readLiveState(cluster, scene.object), nowMs);
}

export function idsOf(findings: Diagnosis['causes']): readonly string[] {
  return findings.map((finding) => finding.id);
}

/** A Deployment with one Pod in the given state; `events` are those of the Pod. */
export function withPod(
  status: JsonObject,
  events: readonly (readonly [string, string])[] = [],
  more: { readonly container?: JsonObject; readonly pod?: JsonObject; readonly deployment?: JsonObject } = {},
): Scene {
  const container = merge({ name: 'web', image: 'nginx:1.27' }, more.container ?? {});
  const object = bareDeployment(
    'nginx:1.27',
    more.deployment === undefined ? {} : { status: more.deployment },
  );
  const replicaSet = replicaSetOf(object);
  const pod = podOf(replicaSet, {
    containers: [container],
    status,
    ...(more.pod === undefined ? {} : { spec: more.pod }),
  });
  return {
    object,
    others: [replicaSet, pod, ...events.map(([reason, message]) => eventOn(pod, reason, message))],
  };
}

/** A Pod whose container waits in CrashLoopBackOff, having ended as given. */
export function loopStatus(ended: JsonObject): JsonObject {
  return waitingStatus('CrashLoopBackOff', 'back-off 5m0s restarting failed container=web pod=web-x7k2p', {
    restartCount: 7,
    lastState: { terminated: { finishedAt: ago(30), ...ended } },
  });
}
