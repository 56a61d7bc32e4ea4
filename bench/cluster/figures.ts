import { figure, type Figure } from '../measure.ts';

/** Who a figure is about: the bare client of the bench, or a controller. */
export type Subject = 'bare client' | 'Sluice' | 'KubeVela';

export type FigureId =
  | `put-${16 | 32 | 64}${'' | '-p50' | '-p95'}`
  | `one-step${'' | '-p95'}`
  | `three-steps${'' | '-share'}`
  | `cpu-${'controller' | 'api-server' | 'etcd'}`
  | `http-${'sequence' | 'dag' | 'forty'}`
  | `memory-${'empty' | 'finished' | 'cue' | 'restarted' | 'many'}`
  | 'put-cpu'
  | 'create-and-put'
  | 'start'
  | 'ten-steps'
  | 'ten-cue-steps'
  | 'requests'
  | 'writes'
  | 'ready';

interface Kind {
  readonly title: string;
  readonly unit: Figure['unit'];
  /** Sluice's; met when the median is on the good side of it. */
  readonly target?: number;
  /** Of these figures more is better; of all others less. */
  readonly isMoreBetter?: true;
}

/** Every figure of the bench, in the order in which they are shown. */
export const kinds: Readonly<Record<FigureId, Kind>> = {
  'put-16': { title: 'status PUTs, 16 connections', unit: 'PUTs/s', isMoreBetter: true },
  'put-16-p50': { title: '  p50', unit: 'ms' },
  'put-16-p95': { title: '  p95', unit: 'ms' },
  'put-32': { title: 'status PUTs, 32 connections', unit: 'PUTs/s', isMoreBetter: true },
  'put-32-p50': { title: '  p50', unit: 'ms' },
  'put-32-p95': { title: '  p95', unit: 'ms' },
  'put-64': { title: 'status PUTs, 64 connections', unit: 'PUTs/s', isMoreBetter: true },
  'put-64-p50': { title: '  p50', unit: 'ms' },
  'put-64-p95': { title: '  p95', unit: 'ms' },
  'put-cpu': { title: 'CPU of the API server for a PUT', unit: 'ms' },
  'create-and-put': { title: 'one create and one PUT, nothing else going on', unit: 'ms' },
  start: { title: 'from start to the end of a first run', unit: 'ms' },
  'one-step': { title: 'run of one step, median', unit: 'ms', target: 10 },
  'one-step-p95': { title: 'run of one step, p95', unit: 'ms', target: 15 },
  'ten-steps': { title: 'ten steps with inputs and if, median', unit: 'ms', target: 25 },
  'ten-cue-steps': { title: 'the same with a step type in CUE, median', unit: 'ms' },
  'three-steps': {
    title: '500 runs of three steps at once',
    unit: 'runs/s',
    target: 160,
    isMoreBetter: true,
  },
  'three-steps-share': { title: '  as a share of the limit', unit: 'ratio', target: 0.7, isMoreBetter: true },
  'cpu-controller': { title: '  CPU of the controller for a run', unit: 'ms' },
  'cpu-api-server': { title: '  CPU of the API server for a run', unit: 'ms' },
  'cpu-etcd': { title: '  CPU of etcd for a run', unit: 'ms' },
  requests: { title: 'requests for a run of three steps', unit: 'requests', target: 4 },
  writes: { title: '  of them writes', unit: 'requests', target: 2 },
  'http-sequence': { title: 'three 50 ms calls in sequence, overhead', unit: 'ms', target: 25 },
  'http-dag': { title: 'the same as a DAG, overhead', unit: 'ms', target: 25 },
  'http-forty': { title: '40 runs of three 50 ms calls at once', unit: 'ms', target: 600 },
  ready: { title: 'from ready to the end of the step that waits', unit: 'ms', target: 50 },
  'memory-empty': { title: 'resident memory, empty', unit: 'MiB', target: 110 },
  'memory-finished': { title: '  after 2,000 runs', unit: 'MiB', target: 130 },
  'memory-cue': { title: '  and after CUE was used', unit: 'MiB', target: 260 },
  'memory-restarted': { title: '  started with 2,000 finished runs', unit: 'MiB', target: 130 },
  'memory-many': { title: '  started with 10,000 finished runs', unit: 'MiB' },
};

/** What was measured, one sample a repeat. */
export class Samples {
  readonly #samples = new Map<string, number[]>();

  add(subject: Subject, id: FigureId, value: number): void {
    const key = `${subject}|${id}`;
    this.#samples.set(key, [...this.of(subject, id), value]);
  }

  of(subject: Subject, id: FigureId): readonly number[] {
    return this.#samples.get(`${subject}|${id}`) ?? [];
  }

  /** Those that were measured, in the order of `kinds`. */
  figures(): readonly (Figure & {
    readonly id: FigureId;
    readonly subject: Subject;
    readonly samples: readonly number[];
  })[] {
    return (Object.keys(kinds) as FigureId[]).flatMap((id) =>
      (['bare client', 'Sluice', 'KubeVela'] as const).flatMap((subject) => {
        const samples = this.of(subject, id);
        const kind = kinds[id];
        return samples.length === 0
          ? []
          : [{ id, subject, samples, ...figure(kind.title, kind.unit, samples, targetText(kind, subject)) }];
      }),
    );
  }
}

export function isMet(id: FigureId, median: number): boolean | undefined {
  const { target, isMoreBetter } = kinds[id];
  if (target === undefined) return undefined;
  return isMoreBetter === true ? median >= target : median <= target;
}

/** The value below which this share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);

function targetText({ target, isMoreBetter }: Kind, subject: Subject): string | undefined {
  if (target === undefined || subject !== 'Sluice') return undefined;
  return `${isMoreBetter === true ? '≥' : '≤'} ${target}`;
}
