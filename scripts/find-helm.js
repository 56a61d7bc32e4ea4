// Prints where helm is, and builds it first where that is needed. Where there is none it says why, and exits 0.
import { findHelm } from './control-plane/find-helm.js';

const found = await findHelm({
  env: process.env,
  say: (text) => process.stderr.write(`${text}\n`),
  signal: new AbortController().signal,
});
if (found.skipped === undefined) process.stdout.write(`${found.path}\n`);
else process.stderr.write(`skipped: ${found.skipped}\n`);
