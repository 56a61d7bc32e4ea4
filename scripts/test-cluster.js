// Runs test/cluster against real API servers. Arguments go to vitest: npm run test:cluster -- test/cluster/apply.test.ts
import { runSuite } from './control-plane/run-suite.js';

// A hub and two clusters that may be joined to it.
const plane = { others: ['other', 'prod'] };
await runSuite({ title: 'test:cluster', suite: 'cluster', plane, args: process.argv.slice(2) });
