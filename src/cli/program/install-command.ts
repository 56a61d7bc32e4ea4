import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { InstallFlags } from '../commands/install.ts';
import {
  collect,
  outputOption,
  subcommand,
  withGeneralOptions,
  withStateDir,
  type Register,
} from './register.ts';

/** `sluice install`: what puts the controller onto a cluster. */
export function addInstallCommand(program: Command, context: CommandContext, register: Register): void {
  const install = subcommand(program, 'install', 'what a cluster needs to carry out runs, as YAML')
    .option(
      '-n, --namespace <name>',
      'only what lets runs of this namespace be carried out; repeatable',
      collect,
    )
    .option(
      '--service-account <name>',
      'the accounts that runs may act as; repeatable (default: sluice-runner, which is made with usual rights)',
      collect,
    )
    .option('--image <image>', "the controller's image")
    .option('--allow-offline-model', 'let the offline engine answer where there is no key for a model')
    .option('--apply', 'apply it to the cluster, server-side')
    .option('--context <name>', 'the context in the kubeconfig (SLUICE_CONTEXT)')
    .option('--kubeconfig <file>', 'the kubeconfig to find the cluster in')
    .addOption(outputOption(['yaml', 'json']).default(undefined))
    .addHelpText('after', installExamples)
    .action(
      register(async (flags: InstallFlags) =>
        (await import('../commands/install.ts')).install(flags, context),
      ),
    );
  withGeneralOptions(withStateDir(install));
}

const installExamples = `
Examples:
  sluice install --apply                       # the controller, and the namespace default
  sluice install --namespace shop --apply      # let runs of the namespace shop be carried out
  sluice install --namespace shop --service-account deployer | kubectl apply -f -`;
