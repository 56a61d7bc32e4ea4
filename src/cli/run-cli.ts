import { exitCodes } from './exit-code.ts';
import type { CommandContext, Doors } from './command-context.ts';
import type { CliIo } from './io.ts';
import { openAnnotations } from './render/github-annotation.ts';
import { reportError } from './report-error.ts';
import { styleFor } from './terminal/capabilities.ts';
import { versionText } from './version.ts';

/**
 * The whole command line: runs the command that `argv` (without node and the script) names and returns the exit code.
 * Never throws. The process it runs in comes in as `io`, what it acts on behind `doors`.
 */
export async function runCli(argv: readonly string[], io: CliIo, doors: Doors): Promise<number> {
  const isDebug = argv.includes('--debug');
  const isColorWanted = !argv.includes('--no-color');
  try {
    // Answered before anything is loaded: scripts ask it often.
    if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
      io.stdout.write(`${await versionText()}\n`);
      return exitCodes.succeeded;
    }
    const context: CommandContext = {
      io,
      out: styleFor(io.stdout, io.env, isColorWanted),
      err: styleFor(io.stderr, io.env, isColorWanted),
      isDebug,
      annotations: openAnnotations(io),
      ...doors,
    };
    const { runProgram } = await import('./program.ts');
    return await runProgram(argv, context);
  } catch (error) {
    return reportError(error, io, isDebug);
  }
}
