/** Times `work` in batches and gives min, median and max of the time per call. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'µs' | 'runs/s' | 'PUTs/s' | 'requests' | 'ratio' | 'MiB' | 'MB';
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly target?: string;
}

export interface Batches {
  /** Counted batches; one more is run first to warm up. */
  readonly batches: number;
  readonly callsPerBatch: number;
}

/** `scale` turns ms per call into the unit shown. */
export async function time(
  name: string,
  unit: 'ms' | 'µs',
  { batches, callsPerBatch }: Batches,
  work: () => unknown,
  target?: string,
): Promise<Figure> {
  const samples: number[] = [];
  for (let batch = 0; batch <= batches; batch += 1) {
    const begun = performance.now();
    for (let call = 0; call < callsPerBatch; call += 1) await work();
    const ms = (performance.now() - begun) / callsPerBatch;
    if (batch > 0) samples.push(unit === 'µs' ? ms * 1000 : ms);
  }
  return figure(name, unit, samples, target);
}

export function figure(
  name: string,
  unit: Figure['unit'],
  samples: readonly number[],
  target?: string,
): Figure {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { name, unit, min: at(0), median: at(0.5), max: at(1), ...(target === undefined ? {} : { target }) };
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, unit, min, median, max, target = '' }) => [
    name,
    ...[min, median, max].map((value) => value.toPrecision(3)),
    unit,
    target,
  ]);
  const head = ['figure', 'min', 'median', 'max', 'unit', 'target'];
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
