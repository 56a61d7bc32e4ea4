import { defineConfig } from 'vitest/config';

/** `SLUICE_SUITE=crash vitest run`; `unit` is what a person waits for, the others take minutes. */
const suite = process.env['SLUICE_SUITE'] ?? 'unit';
const results = process.env['SLUICE_TEST_RESULTS'];

/** Files beside the code they are about, that run with the long suite: deadlines, kills and generated inputs take time. */
const long = [
  'test/long/**/*.test.ts',
  'test/cue/runaway.test.ts',
  'test/cue/worker.test.ts',
  'test/cue/round-trip.test.ts',
  'test/store/sqlite-processes.test.ts',
  'test/analyze/hostile.test.ts',
  'test/step-types/properties.test.ts',
  'test/step-types/runaway-cue.test.ts',
  'test/yaml/fuzz.test.ts',
  'test/plan/fuzz.test.ts',
];
const apart = [
  'test/crash/**',
  'test/crash-cluster/**',
  'test/cluster/**',
  'test/controller-cluster/**',
  'test/models/**',
];

const files: Readonly<Record<string, { include: string[]; exclude: string[] }>> = {
  unit: { include: ['test/**/*.test.ts'], exclude: [...apart, ...long] },
  long: { include: long, exclude: [] },
  crash: { include: ['test/crash/**/*.test.ts'], exclude: [] },
  'crash-cluster': { include: ['test/crash-cluster/**/*.test.ts'], exclude: [] },
  cluster: { include: ['test/cluster/**/*.test.ts'], exclude: [] },
  controller: { include: ['test/controller-cluster/**/*.test.ts'], exclude: [] },
  models: { include: ['test/models/**/*.test.ts'], exclude: [] },
};

export default defineConfig({
  test: {
    ...(files[suite] ?? { include: [], exclude: [] }),
    testTimeout: suite === 'unit' ? 20_000 : 120_000,
    // Whatever a test leaves behind is removed with it.
    globalSetup: ['test/temporary-folder.ts'],
    // Two cores: more workers only contend with the CUE worker that each file may start.
    maxWorkers: 2,
    // A controller drives the runs of a whole cluster: two of them would get in each other's way.
    fileParallelism: suite !== 'controller',
    // No module keeps state, so files may share a worker; a worker for each file costs a third of the time.
    isolate: false,
    ...(results === undefined
      ? {}
      : { reporters: ['default', 'json'], outputFile: { json: `${results}/${suite}.json` } }),
  },
});
