import { objectsAt, textAt, valueAt } from '../../json-reading.ts';
import type { EventNote } from '../events.ts';
import { attemptsUntil, repeatsUntil } from './back-off.ts';
import { pullErrorMessage } from './container-state.ts';
import {
  crashTakesMs,
  podCourse,
  pullBacksOffAfterMs,
  pullFailsAfterMs,
  type ContainerCourse,
  type PodSeed,
} from './pod-course.ts';
import { nodeName } from './project-pod.ts';

/** A kubelet repeats that it waits, and that a probe fails, so often. */
const backOffEveryMs = 13_000;
const probeEveryMs = 10_000;
/** From the end of the pull to the creation of the container. */
const createdAfterMs = 10;

/** What the scheduler and the kubelet have reported of the Pod by `now`, oldest first. */
export function podEvents(seed: PodSeed, now: number): readonly EventNote[] {
  const course = podCourse(seed);
  if (now < course.scheduledMs) return [];
  const scheduled: EventNote = {
    regarding: podRegarding(seed),
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${seed.namespace}/${seed.name} to ${nodeName}`,
    component: 'default-scheduler',
    firstMs: course.scheduledMs,
    lastMs: course.scheduledMs,
    count: 1,
  };
  return [
    scheduled,
    ...course.init.flatMap((each) => containerEvents(seed, each, 'initContainers', now)),
    ...course.main.flatMap((each) => containerEvents(seed, each, 'containers', now)),
  ].toSorted((a, b) => a.firstMs - b.firstMs);
}

/** The kubelet stops what runs in a Pod that is deleted. */
export function killingEvents(seed: PodSeed, atMs: number): readonly EventNote[] {
  return podCourse(seed)
    .main.filter((course) => course.kind === 'runs' && course.startMs <= atMs && course.end === undefined)
    .map((course) => ({
      ...kubeletNote(seed, course, 'containers', atMs),
      reason: 'Killing',
      message: `Stopping container ${course.name}`,
    }));
}

function podRegarding(seed: PodSeed): EventNote['regarding'] {
  return { apiVersion: 'v1', kind: 'Pod', namespace: seed.namespace, name: seed.name, uid: seed.uid };
}

type ContainerList = 'containers' | 'initContainers';

function containerEvents(
  seed: PodSeed,
  course: ContainerCourse,
  list: ContainerList,
  now: number,
): readonly EventNote[] {
  if (course.kind === 'blocked' || now < course.pullMs) return [];
  const note = (atMs: number, reason: string, message: string): EventNote => ({
    ...kubeletNote(seed, course, list, atMs),
    reason,
    message,
  });
  if (course.kind === 'has-no-image') return pullFailures(course, note, now);
  const starts: EventNote[] = [
    ...pulled(seed, course, list, note),
    note(course.startMs - createdAfterMs, 'Created', `Created container: ${course.name}`),
    note(course.startMs, 'Started', `Started container ${course.name}`),
  ].filter(({ firstMs }) => firstMs <= now);
  if (course.kind === 'crashes')
    return [...starts.map((each) => repeated(each, course, now)), ...crashes(seed, course, note, now)];
  return [...starts, ...probeFailures(seed, course, note, now)];
}

type NoteMaker = (atMs: number, reason: string, message: string) => EventNote;

function pulled(
  seed: PodSeed,
  course: Extract<ContainerCourse, { startMs: number }>,
  list: ContainerList,
  note: NoteMaker,
): readonly EventNote[] {
  const spec = objectsAt(seed.spec, list).find((each) => textAt(each, 'name') === course.name);
  const doneMs = course.startMs - 2 * createdAfterMs;
  if (textAt(spec, 'imagePullPolicy') === 'Never')
    return [note(doneMs, 'Pulled', `Container image "${course.image}" already present on machine`)];
  const took = `${doneMs - course.pullMs}ms`;
  return [
    note(course.pullMs, 'Pulling', `Pulling image "${course.image}"`),
    note(
      doneMs,
      'Pulled',
      `Successfully pulled image "${course.image}" in ${took} (${took} including waiting)`,
    ),
  ];
}

function pullFailures(
  course: Extract<ContainerCourse, { kind: 'has-no-image' }>,
  note: NoteMaker,
  now: number,
): readonly EventNote[] {
  const { image, outcome, pullMs } = course;
  const message = pullErrorMessage(image, outcome);
  const failedMs = pullMs + pullFailsAfterMs;
  if (outcome.kind === 'invalid-name') {
    if (now < failedMs) return [];
    const repeats = Math.floor((now - failedMs) / backOffEveryMs);
    const seen = { count: repeats + 1, lastMs: failedMs + repeats * backOffEveryMs };
    return [
      { ...note(failedMs, 'InspectFailed', message), type: 'Warning', ...seen },
      { ...note(failedMs, 'Failed', 'Error: InvalidImageName'), type: 'Warning', ...seen },
    ];
  }
  const attempts = attemptsUntil(pullMs, pullBacksOffAfterMs, now);
  const events: EventNote[] = [
    {
      ...note(pullMs, 'Pulling', `Pulling image "${image}"`),
      count: attempts.count,
      lastMs: attempts.lastMs,
    },
  ];
  if (now < failedMs) return events;
  const failures = attemptsUntil(pullMs, pullBacksOffAfterMs, now - pullFailsAfterMs);
  const failed = {
    type: 'Warning',
    count: failures.count,
    lastMs: failures.lastMs + pullFailsAfterMs,
  } as const;
  events.push(
    { ...note(failedMs, 'Failed', `Failed to pull image "${image}": ${message}`), ...failed },
    { ...note(failedMs, 'Failed', 'Error: ErrImagePull'), ...failed },
  );
  const waitMs = pullMs + pullBacksOffAfterMs;
  if (now < waitMs) return events;
  const waits = repeatsUntil(pullMs, pullBacksOffAfterMs, backOffEveryMs, now);
  events.push(
    { ...note(waitMs, 'BackOff', `Back-off pulling image "${image}"`), ...waits },
    { ...note(waitMs, 'Failed', 'Error: ImagePullBackOff'), type: 'Warning', ...waits },
  );
  return events;
}

/** A crashing container is created and started anew each time. */
function repeated(
  event: EventNote,
  course: Extract<ContainerCourse, { kind: 'crashes' }>,
  now: number,
): EventNote {
  if (event.reason === 'Pulling' || now < course.startMs) return event;
  const { count, lastMs } = attemptsUntil(course.startMs, crashTakesMs, now);
  return event.reason === 'Pulled' ? event : { ...event, count, lastMs };
}

function crashes(
  seed: PodSeed,
  course: Extract<ContainerCourse, { kind: 'crashes' }>,
  note: NoteMaker,
  now: number,
): readonly EventNote[] {
  const waitMs = course.startMs + crashTakesMs;
  if (now < waitMs) return [];
  const message = `Back-off restarting failed container ${course.name} in pod ${seed.name}_${seed.namespace}(${seed.uid})`;
  const waits = repeatsUntil(course.startMs, crashTakesMs, backOffEveryMs, now);
  return [{ ...note(waitMs, 'BackOff', message), type: 'Warning', ...waits }];
}

function probeFailures(
  seed: PodSeed,
  course: Extract<ContainerCourse, { kind: 'runs' }>,
  note: NoteMaker,
  now: number,
): readonly EventNote[] {
  const spec = objectsAt(seed.spec, 'containers').find((each) => textAt(each, 'name') === course.name);
  const firstMs = course.startMs + 100;
  if (course.readyMs !== undefined || now < firstMs || valueAt(spec, 'readinessProbe') === undefined)
    return [];
  const times = Math.floor((now - firstMs) / probeEveryMs);
  const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
  const seen = { count: times + 1, lastMs: firstMs + times * probeEveryMs };
  return [{ ...note(firstMs, 'Unhealthy', message), type: 'Warning', ...seen }];
}

function kubeletNote(
  seed: PodSeed,
  course: ContainerCourse,
  list: ContainerList,
  atMs: number,
): Omit<EventNote, 'reason' | 'message'> {
  return {
    regarding: { ...podRegarding(seed), fieldPath: `spec.${list}{${course.name}}` },
    type: 'Normal',
    component: 'kubelet',
    host: nodeName,
    firstMs: atMs,
    lastMs: atMs,
    count: 1,
  };
}
