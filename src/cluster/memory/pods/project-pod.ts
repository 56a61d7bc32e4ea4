import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { derivedNumber } from '../derived-identity.ts';
import { resourceVersion } from '../resource-version.ts';
import { timestamp } from '../timestamp.ts';
import { containerMoment, type ContainerMoment } from './container-state.ts';
import { podChanges } from './pod-changes.ts';
import { podCourse, type ContainerCourse, type PodCourse, type PodSeed } from './pod-course.ts';
import { qosClass } from './qos-class.ts';

/** The one node of an in-memory cluster. */
export const nodeName = 'memory';
const hostIp = '10.0.0.2';

/** The Pod as the API shows it at `now`. */
export function projectPod(seed: PodSeed, now: number): KubeObject {
  const course = podCourse(seed);
  const isScheduled = now >= course.scheduledMs;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: seed.name,
      namespace: seed.namespace,
      uid: seed.uid,
      resourceVersion: resourceVersion(seed.revision, podChanges(course, now).past),
      generation: 1,
      creationTimestamp: timestamp(seed.createdMs),
      ...seed.metadata,
    },
    spec: { ...seed.spec, ...(isScheduled ? { nodeName } : {}) },
    status: isScheduled ? statusOf(seed, course, now) : { phase: 'Pending', qosClass: qosClass(seed.spec) },
  };
}

/** Cluster-wide address of a Pod, the same for its whole life. */
export function podIp(uid: string): string {
  const number = derivedNumber(2 ** 23, 'pod-ip', uid);
  return `10.${128 + (number >> 16)}.${(number >> 8) & 255}.${number & 255 || 1}`;
}

function statusOf(seed: PodSeed, course: PodCourse, now: number): JsonObject {
  const isInitialized = course.initializedMs !== undefined && now >= course.initializedMs;
  const waitingReason = isInitialized || course.init.length === 0 ? 'ContainerCreating' : 'PodInitializing';
  const init = course.init.map((each) => containerMoment(seed, each, now, 'PodInitializing'));
  const main = course.main.map((each) => containerMoment(seed, each, now, waitingReason));
  const hasSandbox = [...course.init, ...course.main].some(
    (each) => each.kind !== 'blocked' && now >= each.pullMs,
  );
  const ip = podIp(seed.uid);
  return {
    conditions: conditionsOf(course, main, now, { isInitialized, hasSandbox }),
    containerStatuses: main.map(({ status }) => status),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(init.length === 0 ? {} : { initContainerStatuses: init.map(({ status }) => status) }),
    phase: phaseOf(course, main, isInitialized, now),
    ...(hasSandbox ? { podIP: ip, podIPs: [{ ip }] } : {}),
    qosClass: qosClass(seed.spec),
    startTime: timestamp(course.scheduledMs),
  };
}

function phaseOf(
  course: PodCourse,
  main: readonly ContainerMoment[],
  isInitialized: boolean,
  now: number,
): string {
  if (course.end !== undefined && now >= course.end.atMs)
    return course.end.succeeded ? 'Succeeded' : 'Failed';
  return isInitialized && main.every(({ hasRun }) => hasRun) ? 'Running' : 'Pending';
}

function conditionsOf(
  course: PodCourse,
  main: readonly ContainerMoment[],
  now: number,
  { isInitialized, hasSandbox }: { readonly isInitialized: boolean; readonly hasSandbox: boolean },
): readonly JsonObject[] {
  const hasEnded = course.end !== undefined && now >= course.end.atMs;
  const isReady = !hasEnded && course.readyMs !== undefined && now >= course.readyMs;
  const firstPullMs = beginOf([...course.init, ...course.main]) ?? course.scheduledMs;
  const readiness = isReady ? {} : unreadiness(course, main, hasEnded);
  const readySinceMs = hasEnded ? course.end.atMs : isReady ? course.readyMs : course.scheduledMs;
  const ready = { status: isReady, sinceMs: readySinceMs ?? course.scheduledMs, ...readiness };
  const waitingInit = course.init.filter((each) => !isDone(each, now)).map(({ name }) => name);
  return [
    condition('PodReadyToStartContainers', {
      status: hasSandbox && !hasEnded,
      sinceMs: hasEnded ? course.end.atMs : hasSandbox ? firstPullMs : course.scheduledMs,
    }),
    condition('Initialized', {
      status: isInitialized || course.init.length === 0,
      sinceMs: course.init.length === 0 || !isInitialized ? course.scheduledMs : (course.initializedMs ?? 0),
      ...(isInitialized || course.init.length === 0
        ? hasEnded && course.end.succeeded
          ? { reason: 'PodCompleted' }
          : {}
        : {
            reason: 'ContainersNotInitialized',
            message: `containers with incomplete status: [${waitingInit.join(' ')}]`,
          }),
    }),
    condition('Ready', ready),
    condition('ContainersReady', ready),
    condition('PodScheduled', { status: true, sinceMs: course.scheduledMs }),
  ];
}

function unreadiness(
  course: PodCourse,
  main: readonly ContainerMoment[],
  hasEnded: boolean,
): { readonly reason: string; readonly message?: string } {
  if (hasEnded) return { reason: course.end?.succeeded === true ? 'PodCompleted' : 'PodFailed' };
  const unready = course.main.filter((_, index) => main[index]?.isReady !== true).map(({ name }) => name);
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
}

function isDone(course: ContainerCourse, now: number): boolean {
  if (course.kind !== 'runs') return false;
  const doneMs = course.end === undefined ? course.startMs : course.end.atMs;
  return now >= doneMs;
}

function beginOf(courses: readonly ContainerCourse[]): number | undefined {
  const begins = courses.flatMap((course) => (course.kind === 'blocked' ? [] : [course.pullMs]));
  return begins.length === 0 ? undefined : Math.min(...begins);
}

function condition(
  type: string,
  facts: {
    readonly status: boolean;
    readonly sinceMs: number;
    readonly reason?: string;
    readonly message?: string;
  },
): JsonObject {
  return {
    lastProbeTime: null,
    lastTransitionTime: timestamp(facts.sinceMs),
    ...(facts.message === undefined ? {} : { message: facts.message }),
    ...(facts.reason === undefined ? {} : { reason: facts.reason }),
    status: facts.status ? 'True' : 'False',
    type,
  };
}

/** A Pod that counts as ready. */
export function isPodReady(course: PodCourse, now: number): boolean {
  const hasEnded = course.end !== undefined && now >= course.end.atMs;
  return !hasEnded && course.readyMs !== undefined && now >= course.readyMs;
}
