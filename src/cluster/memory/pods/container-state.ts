import type { Json, JsonObject } from '../../../api/json.ts';
import { derivedDigest } from '../derived-identity.ts';
import { fullImageName, parseImageName } from '../images/image-name.ts';
import type { ImageOutcome } from '../images/image-outcome.ts';
import { timestamp } from '../timestamp.ts';
import { attemptsUntil } from './back-off.ts';
import {
  crashTakesMs,
  pullBacksOffAfterMs,
  pullFailsAfterMs,
  type ContainerCourse,
  type PodSeed,
} from './pod-course.ts';

export interface ContainerMoment {
  readonly kind: 'waiting' | 'running' | 'ended';
  /** As in `status.containerStatuses[]`. */
  readonly status: JsonObject;
  readonly isReady: boolean;
  /** It ran before, or runs. */
  readonly hasRun: boolean;
}

/** How long a crashed container shows its end before it shows that it waits. */
export const endShowsMs = 500;

/** The status of a container at `now`, not before its Pod was scheduled. `waitingReason` is what it shows before its turn. */
export function containerMoment(
  seed: PodSeed,
  course: ContainerCourse,
  now: number,
  waitingReason: string,
): ContainerMoment {
  if (course.kind === 'blocked') return waiting(course, waitingReason);
  if (course.kind === 'has-no-image') return noImage(course, now, waitingReason);
  if (course.kind === 'crashes') return crashing(seed, course, now, waitingReason);
  if (now < course.startMs) return waiting(course, waitingReason);
  if (course.end !== undefined && now >= course.end.atMs) {
    const state = terminated(seed, course, 0, course.startMs, course.end.atMs, course.end.exitCode);
    return moment('ended', course, { seed, restarts: 0, state, isReady: false, started: false });
  }
  const isReady = course.readyMs !== undefined && now >= course.readyMs;
  const state = { running: { startedAt: timestamp(course.startMs) } };
  return moment('running', course, { seed, restarts: 0, state, isReady, started: true });
}

/** The message a kubelet gives for an image that it cannot have. */
export function pullErrorMessage(image: string, outcome: Exclude<ImageOutcome, { kind: 'pulls' }>): string {
  return outcome.kind === 'invalid-name'
    ? `Failed to apply default image tag "${image}": ${outcome.message}`
    : outcome.message;
}

export function imageId(image: string): string {
  const name = parseImageName(image);
  if (name.kind === 'malformed') return '';
  const { host, repository, digest } = name;
  return `${host}/${repository}@${digest ?? `sha256:${derivedDigest('image', fullImageName(name))}`}`;
}

function noImage(
  course: Extract<ContainerCourse, { kind: 'has-no-image' }>,
  now: number,
  waitingReason: string,
): ContainerMoment {
  const { image, outcome, pullMs } = course;
  const message = pullErrorMessage(image, outcome);
  if (now < pullMs + pullFailsAfterMs) return waiting(course, waitingReason);
  if (outcome.kind === 'invalid-name') return waiting(course, 'InvalidImageName', message);
  const { lastMs } = attemptsUntil(pullMs, pullBacksOffAfterMs, now);
  const sinceAttempt = now - lastMs;
  if (sinceAttempt >= pullFailsAfterMs && sinceAttempt < pullBacksOffAfterMs)
    return waiting(course, 'ErrImagePull', message);
  return waiting(course, 'ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${message}`);
}

function crashing(
  seed: PodSeed,
  course: Extract<ContainerCourse, { kind: 'crashes' }>,
  now: number,
  waitingReason: string,
): ContainerMoment {
  if (now < course.startMs) return waiting(course, waitingReason);
  const { count, lastMs, delayMs } = attemptsUntil(course.startMs, crashTakesMs, now);
  const restarts = count - 1;
  const endMs = lastMs + crashTakesMs;
  const end = (nth: number, startMs: number): JsonObject =>
    terminated(seed, course, nth, startMs, startMs + crashTakesMs, course.exitCode);
  if (now < endMs) {
    const state = { running: { startedAt: timestamp(lastMs) } };
    const before = restarts === 0 ? {} : end(restarts - 1, previousStart(course.startMs, lastMs));
    return moment('running', course, { seed, restarts, state, before, isReady: false, started: true });
  }
  if (now < endMs + endShowsMs) {
    return moment('ended', course, {
      seed,
      restarts,
      state: end(restarts, lastMs),
      isReady: false,
      started: false,
    });
  }
  const limit =
    delayMs >= 60_000
      ? `${Math.floor(delayMs / 60_000)}m${(delayMs % 60_000) / 1000}s`
      : `${delayMs / 1000}s`;
  const message = `back-off ${limit} restarting failed container=${course.name} pod=${seed.name}_${seed.namespace}(${seed.uid})`;
  const state = { waiting: { message, reason: 'CrashLoopBackOff' } };
  const before = end(restarts, lastMs);
  return moment('waiting', course, { seed, restarts, state, before, isReady: false, started: false });
}

function previousStart(firstMs: number, lastMs: number): number {
  return attemptsUntil(firstMs, crashTakesMs, lastMs - 1).lastMs;
}

function terminated(
  seed: PodSeed,
  course: ContainerCourse,
  nth: number,
  startMs: number,
  endMs: number,
  exitCode: number,
): JsonObject {
  return {
    terminated: {
      containerID: containerId(seed, course, nth),
      exitCode,
      finishedAt: timestamp(endMs),
      reason: exitCode === 0 ? 'Completed' : 'Error',
      startedAt: timestamp(startMs),
    },
  };
}

function waiting(course: ContainerCourse, reason: string, message?: string): ContainerMoment {
  return {
    kind: 'waiting',
    isReady: false,
    hasRun: false,
    status: {
      image: course.image,
      imageID: '',
      lastState: {},
      name: course.name,
      ready: false,
      restartCount: 0,
      started: false,
      state: { waiting: { ...(message === undefined ? {} : { message }), reason } },
    },
  };
}

function moment(
  kind: ContainerMoment['kind'],
  course: ContainerCourse,
  facts: {
    readonly seed: PodSeed;
    readonly restarts: number;
    readonly state: Json;
    readonly before?: Json;
    readonly isReady: boolean;
    readonly started: boolean;
  },
): ContainerMoment {
  const name = parseImageName(course.image);
  return {
    kind,
    isReady: facts.isReady,
    hasRun: true,
    status: {
      containerID: containerId(facts.seed, course, facts.restarts),
      image: name.kind === 'image' ? fullImageName(name) : course.image,
      imageID: imageId(course.image),
      lastState: facts.before ?? {},
      name: course.name,
      ready: facts.isReady,
      restartCount: facts.restarts,
      started: facts.started,
      state: facts.state,
    },
  };
}

function containerId(seed: PodSeed, course: ContainerCourse, nth: number): string {
  return `containerd://${derivedDigest('container', seed.uid, course.name, nth)}`;
}
