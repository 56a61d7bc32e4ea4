import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { valueAt } from '../../json-reading.ts';
import { podCourse } from '../pods/pod-course.ts';
import { isPodReady } from '../pods/project-pod.ts';
import { resourceVersion } from '../resource-version.ts';
import { timestamp } from '../timestamp.ts';
import { jobPodSeed } from './advance-job.ts';
import type { JobEnd, JobOwner, JobRun } from './job-run.ts';

/** `stored` with the status that the controller wrote; `run` is advanced to `now`. */
export function projectJob(stored: KubeObject, run: JobRun, owner: JobOwner, now: number): KubeObject {
  return {
    ...stored,
    metadata: { ...stored.metadata, resourceVersion: resourceVersion(owner.revision, run.changes) },
    status: statusOf(run, owner, now),
  };
}

function statusOf(run: JobRun, owner: JobOwner, now: number): JsonObject {
  const isSuspended = valueAt(run.spec, 'suspend') === true;
  if (run.startMs === undefined && !isSuspended) return {};
  const active = run.pods.filter(({ isCounted }) => !isCounted);
  const ready = active.filter((pod) => isPodReady(podCourse(jobPodSeed(run, pod, owner)), now)).length;
  const { end } = run;
  const conditions = [
    ...(isSuspended && run.startMs === undefined
      ? [condition('Suspended', { reason: 'JobSuspended', message: 'Job suspended', atMs: run.specAtMs })]
      : []),
    ...(end === undefined ? [] : endConditions(end)),
  ];
  return {
    ...(active.length === 0 ? {} : { active: active.length }),
    ...(end?.kind === 'complete' ? { completionTime: timestamp(end.atMs) } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(run.failed === 0 ? {} : { failed: run.failed }),
    ready,
    ...(run.startMs === undefined ? {} : { startTime: timestamp(run.startMs) }),
    ...(run.succeeded === 0 ? {} : { succeeded: run.succeeded }),
    terminating: 0,
    uncountedTerminatedPods: {},
  };
}

function endConditions(end: JobEnd): readonly JsonObject[] {
  const [before, after] =
    end.kind === 'complete' ? ['SuccessCriteriaMet', 'Complete'] : ['FailureTarget', 'Failed'];
  return [condition(before ?? '', end), condition(after ?? '', end)];
}

function condition(type: string, facts: Omit<JobEnd, 'kind'>): JsonObject {
  const time = timestamp(facts.atMs);
  return {
    lastProbeTime: time,
    lastTransitionTime: time,
    message: facts.message,
    reason: facts.reason,
    status: 'True',
    type,
  };
}
