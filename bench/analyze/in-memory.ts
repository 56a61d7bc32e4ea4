import { analyzeCluster } from '../../src/analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../../src/analyze/cluster/default-analyzers.ts';
import type { ReadOnlyCluster } from '../../src/cluster/port.ts';
import { shopObjects } from './shop.ts';

/** `node --expose-gc bench/analyze/in-memory.ts FAIL_EVERY`: prints the times and the growth of memory of repeated looks. */
const failEvery = Number(process.argv[2]);
const atMs = Date.parse('2026-01-01T00:00:00Z');
const amounts = { namespaces: 5, services: 1500, statefulSets: 1500, pods: 10_000, configMaps: 1500 };
const byKind = Map.groupBy(shopObjects({ amounts, failEvery, atMs }), ({ kind }) => kind);
const cluster: ReadOnlyCluster = {
  name: '',
  kind: 'memory',
  get: async () => undefined,
  list: async ({ kind }) => byKind.get(kind) ?? [],
};

const rounds = 9;
const times: number[] = [];
/** Of the thread that looks: what other programs take is not in it. */
const cpu: number[] = [];
globalThis.gc?.();
const before = process.memoryUsage();
let findings = 0;
let grown = 0;
for (let round = 0; round < rounds; round += 1) {
  const begun = performance.now();
  const used = process.threadCpuUsage();
  // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
  const analysis = await analyzeCluster(cluster, { analyzers: defaultAnalyzers, nowMs: atMs + 3_600_000 });
  times.push(performance.now() - begun);
  const { user, system } = process.threadCpuUsage(used);
  cpu.push((user + system) / 1000);
  findings = analysis.findings.length;
  grown = Math.max(grown, process.memoryUsage().rss - before.rss);
}
console.log(JSON.stringify({ times, cpu, findings, grownMiB: grown / 2 ** 20 }));
