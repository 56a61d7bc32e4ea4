// Runs the tests that need real API servers: test/cluster, then test/controller-cluster, where one controller drives the runs
// of a whole cluster. Arguments go to vitest: npm run test:cluster -- test/cluster/apply.test.ts
import { runSuite } from './control-plane/run-suite.js';

const args = process.argv.slice(2);
// A hub and two clusters that may be joined to it.
const plane = { others: ['other', 'prod'] };
const isFor = (folder) =>
  args.length === 0 || args.some((arg) => arg.startsWith('-') || arg.includes(folder));

if (isFor('test/cluster')) await runSuite({ title: 'test:cluster', suite: 'cluster', plane, args });
if (isFor('test/controller-cluster'))
  await runSuite({ title: 'test:controller', suite: 'controller', plane, args });
