#!/usr/bin/env node
// `kubectl sluice`: kubectl runs whatever is called kubectl-NAME. The name says that a cluster is meant.
import('./sluice.js').catch((error) => {
  process.stderr.write(`kubectl-sluice cannot start: ${error}\n`);
  process.exitCode = 70;
});
