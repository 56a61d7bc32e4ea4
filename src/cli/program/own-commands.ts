import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { ConfigFlags } from '../commands/config.ts';
import type { ShellName } from '../completion/shell-script.ts';
import { subcommand, withGeneralOptions, withStateDir, type Register } from './register.ts';

/** Commands about the program itself. */
export function addOwnCommands(program: Command, context: CommandContext, register: Register): void {
  const config = subcommand(program, 'config', 'the cluster that workflow and def act on by default');
  const useContext = subcommand(config, 'use-context', 'remember a context of the kubeconfig')
    .argument('<name>', 'name of the context')
    .option('--kubeconfig <file>', 'the kubeconfig to find it in')
    .action(
      register(async (name: string, flags: ConfigFlags) =>
        (await import('../commands/config.ts')).configUseContext(name, flags, context),
      ),
    );
  const current = subcommand(config, 'current', 'the remembered context')
    .alias('view')
    .action(
      register(async (flags: ConfigFlags) =>
        (await import('../commands/config.ts')).configCurrent(flags, context),
      ),
    );
  const unset = subcommand(config, 'unset', 'forget it: everything is local again').action(
    register(async (flags: ConfigFlags) =>
      (await import('../commands/config.ts')).configUnset(flags, context),
    ),
  );
  for (const command of [useContext, current, unset]) withGeneralOptions(withStateDir(command));

  subcommand(program, 'completion', 'the script that teaches a shell to complete')
    .argument('<shell>', 'bash, zsh or fish')
    .action(
      register(async (shell: ShellName) =>
        (await import('../commands/completion.ts')).completion(shell, context),
      ),
    );

  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(
      register(async (words: readonly string[]) =>
        (await import('../commands/complete.ts')).complete(words, program, context),
      ),
    );

  subcommand(program, 'version', 'print the version').action(
    register(async () => (await import('../commands/version.ts')).version(context)),
  );
  program.option('-V, --version', 'print the version');
}
