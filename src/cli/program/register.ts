import { Option, type Command } from 'commander';

/**
 * Makes a function commander's action and takes its exit code. It is called with the arguments first, then the options,
 * as they were declared beside it.
 */
// The words tie a declaration to its action where it is written.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export type Register = <Words extends readonly unknown[]>(
  action: (...words: Words) => Promise<number>,
) => (...words: unknown[]) => Promise<void>;

/** Collects an option that may be given several times. */
export function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** `-o`, whose default is text for people. */
export function outputOption(choices: readonly string[] = ['text', 'json', 'yaml']): Option {
  return new Option('-o, --output <format>', 'what standard output holds')
    .choices(choices)
    .default(choices[0]);
}

/** `--fail-on`; absent, nothing that is found makes the command fail. */
export function severityOption(description: string): Option {
  return new Option('--fail-on <severity>', description).choices([
    'critical',
    'high',
    'medium',
    'low',
    'info',
  ]);
}

/** Options that make sense everywhere. */
export function withGeneralOptions(command: Command): Command {
  return command
    .optionsGroup('General options:')
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR count, too)')
    .option('--debug', 'show stack traces');
}

export function withStateDir(command: Command): Command {
  return command.option(
    '--state-dir <dir>',
    'where runs, step types and the in-memory cluster are kept (SLUICE_STATE_DIR)',
  );
}

/** What points a command at the workflows of a cluster. */
export function withPlace(command: Command): Command {
  return withStateDir(
    command
      .option('--context <name>', "a cluster's workflows instead of the local ones (SLUICE_CONTEXT)")
      .option('--kubeconfig <file>', 'the kubeconfig to find it in'),
  );
}

/** A command below another; it shows usage errors as its parent does. */
export function subcommand(parent: Command, nameAndArguments: string, description: string): Command {
  return parent.command(nameAndArguments).description(description);
}
