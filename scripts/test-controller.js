// Runs test/controller-cluster against real API servers. Arguments go to vitest.
import { runSuite } from './control-plane/run-suite.js';

const plane = { others: ['other', 'prod'] };
await runSuite({ title: 'test:controller', suite: 'controller', plane, args: process.argv.slice(2) });
