import { defineConfig } from 'vitest/config';

/** Suites beside the fast one: `SLUICE_SUITE=crash vitest run`. */
const suite = process.env['SLUICE_SUITE'] ?? 'unit';
const results = process.env['SLUICE_TEST_RESULTS'];
const slow = ['crash', 'cluster', 'long'];

export default defineConfig({
  test: {
    include: suite === 'unit' ? ['test/**/*.test.ts'] : [`test/${suite}/**/*.test.ts`],
    exclude: [
      'dist/**',
      'node_modules/**',
      ...(suite === 'unit' ? slow.map((name) => `test/${name}/**`) : []),
    ],
    testTimeout: 20_000,
    // Two cores: more workers only contend with the CUE worker that each file may start.
    maxWorkers: 2,
    ...(results === undefined
      ? {}
      : { reporters: ['default', 'json'], outputFile: { json: `${results}/${suite}.json` } }),
  },
});
