import { Command, CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { combineExitCodes, exitCodes } from './exit-code.ts';
import { addAnalyzeCommand } from './program/analyze-command.ts';
import { addAuditCommand } from './program/audit-command.ts';
import { addClusterCommands } from './program/cluster-commands.ts';
import { addControllerCommand } from './program/controller-command.ts';
import { addDefCommands } from './program/def-commands.ts';
import { addDiagnoseCommand } from './program/diagnose-command.ts';
import { addGateCommands } from './program/gate-commands.ts';
import { addGenerateCommand } from './program/generate-command.ts';
import { addInstallCommand } from './program/install-command.ts';
import { addModelCommands } from './program/model-commands.ts';
import { addOwnCommands } from './program/own-commands.ts';
import { addRunCommands } from './program/run-commands.ts';
import { addWorkflowCommands } from './program/workflow-commands.ts';
import { isPlugin } from './place.ts';
import type { Register } from './program/register.ts';

/** Runs the command that `argv` names. Wrong use exits 2 with what is near to it. */
export async function runProgram(argv: readonly string[], context: CommandContext): Promise<number> {
  const codes: number[] = [];
  const register: Register =
    (action) =>
    async (...words) => {
      codes.push(await action(...(words as never)));
    };
  const program = buildProgram(context, register);
  if (argv.length === 0) {
    program.outputHelp();
    return exitCodes.succeeded;
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return combineExitCodes(codes);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for ends well; help in place of a command that is missing does not.
    return error.exitCode === 0 ? exitCodes.succeeded : exitCodes.refused;
  }
}

/** The tree of commands with their options; what a command does is loaded when it is called. */
export function buildProgram(context: CommandContext, register: Register): Command {
  const { io, out } = context;
  const program = new Command(isPlugin(io) ? 'kubectl sluice' : 'sluice')
    .description('Runs delivery workflows on Kubernetes, and its gates hold.')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => write(text),
      getOutHelpWidth: () => io.stdout.size()?.columns ?? 80,
      getErrHelpWidth: () => io.stderr.size()?.columns ?? 80,
      getOutHasColors: () => out.hasColor,
      getErrHasColors: () => context.err.hasColor,
    })
    .configureHelp({ styleTitle: (text) => out.bold(text) })
    .helpCommand(true)
    .exitOverride()
    .showSuggestionAfterError(true)
    .showHelpAfterError('(add --help to see how it is used)');
  addRunCommands(program, context, register);
  addWorkflowCommands(program, context, register);
  addGateCommands(program, context, register);
  addAnalyzeCommand(program, context, register);
  addAuditCommand(program, context, register);
  addDiagnoseCommand(program, context, register);
  addGenerateCommand(program, context, register);
  addDefCommands(program, context, register);
  addModelCommands(program, context, register);
  addClusterCommands(program, context, register);
  addControllerCommand(program, context, register);
  addInstallCommand(program, context, register);
  addOwnCommands(program, context, register);
  return program;
}
