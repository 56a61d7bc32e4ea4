import { startCueEarly } from './early-cue.ts';
import { processIo } from './process-io.ts';
import { reportError } from './report-error.ts';
import { runCli } from './run-cli.ts';

// The one place where the command line meets its process.
const { io, flush } = processIo();
const argv = process.argv.slice(2);

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => process.exit(reportError(error, io, argv.includes('--debug'))));
}

// Nothing is left to do, and yet there is no result: a silent exit 0 would look like one.
process.once('beforeExit', () => {
  const lost = new Error('the process ran out of work before the command had a result');
  process.exit(reportError(lost, io, argv.includes('--debug')));
});

const cuePool = startCueEarly(argv);
const code = await runCli(argv, io, {
  async openSession(options) {
    const { openSession } = await import('../runner/open-session.ts');
    return openSession(cuePool === undefined ? options : { ...options, cuePool });
  },
  async openCluster(options) {
    const { openClusterSession } = await import('../runner/cluster-session.ts');
    return openClusterSession(options);
  },
});
await flush();
process.exit(code);
