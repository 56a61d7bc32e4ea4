import type { JsonObject } from '../../../api/json.ts';
import type { ImageOutcome, ImageOutcomes } from '../images/image-outcome.ts';
import { objectsAt, textAt } from '../../json-reading.ts';

/** What decides everything that happens to a Pod; fixed when it is created. */
export interface PodSeed {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly createdMs: number;
  /** Its place among the Pods made with it: later ones start a little later. */
  readonly slot: number;
  /** Labels, annotations, generateName and ownerReferences. */
  readonly metadata: JsonObject;
  /** With the API server's defaults. */
  readonly spec: JsonObject;
  readonly outcomes: ImageOutcomes;
  /** The store's count when its owner was last written. */
  readonly revision: number;
}

interface Named {
  readonly name: string;
  readonly image: string;
}

/** What one container will do. Times in ms. */
export type ContainerCourse = Named &
  (
    | {
        readonly kind: 'runs';
        readonly pullMs: number;
        readonly startMs: number;
        /** Undefined: never. */
        readonly readyMs: number | undefined;
        /** When it ends for good, and how. Undefined: it stays. */
        readonly end: { readonly atMs: number; readonly exitCode: number } | undefined;
      }
    | {
        readonly kind: 'has-no-image';
        readonly pullMs: number;
        readonly outcome: Exclude<ImageOutcome, { kind: 'pulls' }>;
      }
    | {
        readonly kind: 'crashes';
        readonly pullMs: number;
        readonly startMs: number;
        readonly exitCode: number;
      }
    /** It waits for another that never gets done. */
    | { readonly kind: 'blocked' }
  );

export interface PodCourse {
  readonly scheduledMs: number;
  /** When every init container is done; undefined: never. */
  readonly initializedMs: number | undefined;
  readonly init: readonly ContainerCourse[];
  readonly main: readonly ContainerCourse[];
  /** When every container is ready; undefined: never. */
  readonly readyMs: number | undefined;
  /** When the last container has ended for good; undefined: never. */
  readonly end: { readonly atMs: number; readonly succeeded: boolean } | undefined;
}

const scheduledAfterMs = 50;
const pullingAfterMs = 100;
const pullTakesMs = 200;
const readyAfterMs = 100;
const initTakesMs = 60;
const oneShotTakesMs = 300;
const slotMs = 15;
const lastSlot = 40;
/** A crashing program gets so far. */
export const crashTakesMs = 1_000;
/** From the begin of an attempt to pull until it has failed, and until the kubelet says that it waits. */
export const pullFailsAfterMs = 200;
export const pullBacksOffAfterMs = 900;

export function podCourse(seed: PodSeed): PodCourse {
  const scheduledMs = seed.createdMs + scheduledAfterMs + Math.min(seed.slot, lastSlot) * slotMs;
  const beginMs = scheduledMs - scheduledAfterMs + pullingAfterMs;
  const { init, doneMs, lastsForGood } = initCourses(seed, beginMs);
  const main = objectsAt(seed.spec, 'containers').map((container): ContainerCourse =>
    doneMs === undefined ? { ...nameOf(container), kind: 'blocked' } : mainCourse(seed, container, doneMs),
  );
  const running = main.filter((course) => course.kind === 'runs');
  const all = [...running.map(({ readyMs }) => readyMs), ...lastsForGood];
  const isReady = running.length === main.length && all.every((ms) => ms !== undefined);
  return {
    scheduledMs,
    initializedMs: doneMs,
    init,
    main,
    readyMs: isReady ? Math.max(...all.map((ms) => ms ?? 0)) : undefined,
    end: endOf(main),
  };
}

function endOf(main: readonly ContainerCourse[]): PodCourse['end'] {
  const ends = main.map((course) => (course.kind === 'runs' ? course.end : undefined));
  if (ends.includes(undefined)) return undefined;
  return {
    atMs: Math.max(...ends.map((end) => end?.atMs ?? 0)),
    succeeded: ends.every((end) => end?.exitCode === 0),
  };
}

/** One after the other; one with `restartPolicy: Always` is a sidecar, which goes on running. */
function initCourses(
  seed: PodSeed,
  beginMs: number,
): {
  readonly init: readonly ContainerCourse[];
  readonly doneMs: number | undefined;
  readonly lastsForGood: readonly (number | undefined)[];
} {
  const init: ContainerCourse[] = [];
  const lastsForGood: (number | undefined)[] = [];
  let atMs: number | undefined = beginMs;
  for (const container of objectsAt(seed.spec, 'initContainers')) {
    const name = nameOf(container);
    if (atMs === undefined) {
      init.push({ ...name, kind: 'blocked' });
      continue;
    }
    const outcome = outcomeOf(seed, container);
    const isSidecar = textAt(container, 'restartPolicy') === 'Always';
    const course = startCourse(name, outcome, atMs, initTakesMs, isSidecar ? 'stays' : 'ends');
    const isStuck = course.kind !== 'runs' || (course.end !== undefined && course.end.exitCode !== 0);
    init.push(course);
    if (isSidecar) lastsForGood.push(course.kind === 'runs' ? course.readyMs : undefined);
    atMs = isStuck ? undefined : atMs + initTakesMs;
  }
  return { init, doneMs: atMs, lastsForGood };
}

function mainCourse(seed: PodSeed, container: JsonObject, beginMs: number): ContainerCourse {
  const policy = textAt(seed.spec, 'restartPolicy');
  const outcome = outcomeOf(seed, container);
  const course = startCourse(
    nameOf(container),
    outcome,
    beginMs,
    pullTakesMs,
    policy === 'Never' || policy === 'OnFailure' ? 'ends' : 'stays',
  );
  const fails = course.kind === 'runs' && course.end !== undefined && course.end.exitCode !== 0;
  return fails && policy !== 'Never' ? { ...course, kind: 'crashes', exitCode: course.end.exitCode } : course;
}

function startCourse(
  name: Named,
  outcome: ImageOutcome,
  pullMs: number,
  pullMsTaken: number,
  program: 'stays' | 'ends',
): ContainerCourse {
  if (outcome.kind !== 'pulls') return { ...name, kind: 'has-no-image', pullMs, outcome };
  const startMs = pullMs + pullMsTaken;
  if (program === 'stays' && outcome.exitCode !== undefined)
    return { ...name, kind: 'crashes', pullMs, startMs, exitCode: outcome.exitCode };
  const end =
    program === 'stays' ? undefined : { atMs: startMs + oneShotTakesMs, exitCode: outcome.exitCode ?? 0 };
  const readyMs = outcome.ready === false ? undefined : startMs + readyAfterMs;
  return { ...name, kind: 'runs', pullMs, startMs, readyMs, end };
}

function outcomeOf(seed: PodSeed, container: JsonObject): ImageOutcome {
  return seed.outcomes[textAt(container, 'image')] ?? { kind: 'pulls' };
}

function nameOf(container: JsonObject): Named {
  return { name: textAt(container, 'name'), image: textAt(container, 'image') };
}
