import { join } from 'node:path';
import { benchExplain } from './analyze/explain.ts';
import { benchOnServer } from './analyze/on-server.ts';
import { timeProcess } from './analyze/process-time.ts';
import { figure, type Figure } from './measure.ts';

/** The analyzers: joined in memory, explained, and with a real API server where its programs are. */
export async function benchAnalyze(): Promise<readonly Figure[]> {
  return [
    ...(await inMemory('10,000 Pods, all well', 0)),
    ...(await inMemory('10,000 Pods, one in ten crashing', 10)),
    ...(await inMemory('10,000 Pods, all crashing', 1)),
    ...(await benchExplain()),
    ...(await benchOnServer()),
  ];
}

async function inMemory(title: string, failEvery: number): Promise<readonly Figure[]> {
  const script = join(import.meta.dirname, 'analyze/in-memory.ts');
  const { stdout } = await timeProcess(process.execPath, ['--expose-gc', script, String(failEvery)]);
  const { times, cpu, grownMiB } = JSON.parse(stdout) as {
    readonly times: readonly number[];
    readonly cpu: readonly number[];
    readonly grownMiB: number;
  };
  return [
    figure(`${title}, first look`, 'ms', times.slice(0, 1)),
    figure(`${title}, after it`, 'ms', times.slice(1), '≤ 300'),
    figure(`${title}, its processor time`, 'ms', cpu.slice(1)),
    figure(`${title}, memory for it`, 'MiB', [grownMiB], '≤ 286'),
  ];
}
