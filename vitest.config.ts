import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['dist/**', 'node_modules/**', 'test/crash/**', 'test/cluster/**', 'test/long/**'],
    testTimeout: 20_000,
    // Two cores: more workers only contend with the CUE worker each file may start.
    maxWorkers: 2,
  },
});
