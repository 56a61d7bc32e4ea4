// Runs test/cluster against real API servers. Arguments go to vitest: npm run test:cluster -- test/cluster/apply.test.ts
import { runSuite } from './control-plane/run-suite.js';

await runSuite({ title: 'test:cluster', suite: 'cluster', args: process.argv.slice(2) });
