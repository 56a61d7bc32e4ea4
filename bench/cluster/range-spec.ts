import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds, median, type FigureId } from './figures.ts';
import type { Results } from './measure-cluster.ts';

/**
 * What a figure is divided by before it is compared, from the raw limit of the same repeat, so that a slower machine
 * changes nothing: the time of one create and one PUT alone; the time of a PUT among many; what a PUT costs the API server;
 * or nothing, for what does not depend on speed.
 */
type Measure = 'create-and-put' | 'put-time' | 'put-cpu' | 'nothing';

/** Figures with a limit, and the runs in one of them. A p95 of so few runs says nothing twice. */
const limited: Readonly<Partial<Record<FigureId, { readonly per: Measure; readonly runs?: number }>>> = {
  'one-step': { per: 'create-and-put' },
  'ten-steps': { per: 'create-and-put' },
  'ten-cue-steps': { per: 'create-and-put' },
  'three-steps': { per: 'put-time' },
  'cpu-controller': { per: 'put-cpu' },
  requests: { per: 'nothing' },
  writes: { per: 'nothing' },
  'http-sequence': { per: 'create-and-put' },
  'http-dag': { per: 'create-and-put' },
  'http-forty': { per: 'put-time', runs: 40 },
  ready: { per: 'create-and-put' },
  'memory-empty': { per: 'nothing' },
  'memory-cue': { per: 'nothing' },
};

export interface RangeSpec {
  readonly about: string;
  readonly repeats: number;
  readonly limits: Readonly<Record<string, Limit>>;
}

interface Limit {
  readonly per: Measure;
  readonly mean: number;
  readonly limit: number;
}

/** Cores that others may use before what depends on speed says nothing any more. */
const quietCores = 0.3;

/** How far above the mean of its calibration a figure may be. */
const allowance = 1.2;

export const rangeSpecFile: string = join(import.meta.dirname, 'rangespec.json');

export function readRangeSpec(): RangeSpec {
  return JSON.parse(readFileSync(rangeSpecFile, 'utf8')) as RangeSpec;
}

/** Whether the machine was left to the bench; else only what does not depend on speed is judged, or calibrated. */
export function isQuiet({ machine }: Results): boolean {
  return machine.coresOfOthers <= quietCores;
}

/** Limits from what was measured just now. Throws when that was less than five repeats. */
export function calibrate(results: Results): RangeSpec {
  if (results.repeats < 5) throw new Error('a calibration takes five repeats or more');
  const limits = Object.entries(ratiosOf(results)).flatMap(([id, { per, ratios }]) => {
    if (per !== 'nothing' && !isQuiet(results)) return [];
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    return [[id, { per, mean: rounded(mean), limit: rounded(mean * allowance) }] as const];
  });
  return {
    about:
      'Sluice on one control plane (bench/cluster/check.ts --calibrate writes this): each figure divided by the raw limit of the same repeat; limit = mean + 20 %.',
    repeats: results.repeats,
    limits: Object.fromEntries(limits),
  };
}

export interface Comparison {
  readonly title: string;
  readonly ratio: number;
  readonly limit: Limit;
  readonly verdict: 'ok' | 'EXCEEDED' | 'not judged';
}

/** The median ratio of each figure beside its limit; a figure that was not measured exceeds it. */
export function compare(results: Results, spec: RangeSpec): readonly Comparison[] {
  const measured = ratiosOf(results);
  return Object.entries(spec.limits).map(([id, limit]) => {
    const ratio = median(measured[id]?.ratios ?? []);
    const isJudged = limit.per === 'nothing' || isQuiet(results);
    const verdict = !isJudged ? 'not judged' : ratio <= limit.limit ? 'ok' : 'EXCEEDED';
    return { title: kinds[id as FigureId].title.trim(), ratio, limit, verdict };
  });
}

type Ratios = Readonly<Record<string, { readonly per: Measure; readonly ratios: readonly number[] }>>;

function ratiosOf({ figures }: Results): Ratios {
  const raw = (id: FigureId): readonly number[] =>
    figures.find((figure) => figure.id === id && figure.subject === 'bare client')?.samples ?? [];
  const divisors: Readonly<Record<Measure, (repeat: number) => number>> = {
    'create-and-put': (repeat) => raw('create-and-put')[repeat] ?? Number.NaN,
    'put-time': (repeat) =>
      1000 /
      Math.max(...(['put-16', 'put-32', 'put-64'] as const).map((id) => raw(id)[repeat] ?? Number.NaN)),
    'put-cpu': (repeat) => raw('put-cpu')[repeat] ?? Number.NaN,
    nothing: () => 1,
  };
  const entries = figures.flatMap(({ id, subject, unit, samples }) => {
    const rule = limited[id];
    if (subject !== 'Sluice' || rule === undefined) return [];
    const { per, runs = 1 } = rule;
    const ratios = samples.map((sample, repeat) => {
      const value = unit === 'runs/s' ? 1000 / sample : sample / runs;
      return value / divisors[per](repeat);
    });
    return [[id, { per, ratios }] as const];
  });
  return Object.fromEntries(entries);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
