import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { AnalyzeFlags } from '../commands/analyze.ts';
import type { FiltersFlags } from '../commands/filters.ts';
import {
  collect,
  outputOption,
  severityOption,
  subcommand,
  withGeneralOptions,
  withPlace,
  withStateDir,
  type Register,
} from './register.ts';
import { withExplainOptions } from './explain-options.ts';
import { withTrafficOptions } from './run-commands.ts';

export function addAnalyzeCommand(program: Command, context: CommandContext, register: Register): void {
  const analyze = subcommand(program, 'analyze', 'what is wrong in a cluster or in files')
    .addOption(outputOption(['text', 'json', 'yaml', 'sarif', 'junit', 'markdown', 'k8sgpt']))
    .option('--from <path>', 'a file or directory of manifests or dumps instead; repeatable', collect)
    .option('--filter <names>', 'only these analyzers, such as Pod,Service; repeatable', collect)
    .addOption(
      new Option('-n, --namespace <namespace>', 'only objects of this namespace').conflicts('allNamespaces'),
    )
    .option('-A, --all-namespaces', 'objects of every namespace (the default)')
    .option('-l, --selector <selector>', 'only objects with these labels, such as app=web')
    .option('--rules <path>', 'a file or directory of analyzers of your own; repeatable', collect)
    .option('--with-doc', 'what the API says of the fields that are wrong')
    .option('--with-stat', 'how long it took, on standard error')
    .option('--baseline <file>', 'only problems that this earlier output of -o json does not hold')
    .option('--ignore <file>', 'exemptions: problems that are known and accepted, each until a date')
    .addOption(severityOption('exit code 1 for a problem as bad as this or worse'))
    .optionsGroup('Explanations:')
    .option('--explain', 'ask a model about each incident; without one, rules say where to begin')
    .action(
      register(async (flags: AnalyzeFlags) =>
        (await import('../commands/analyze.ts')).analyze(flags, context),
      ),
    );
  withTrafficOptions(withExplainOptions(analyze)).optionsGroup('Where it looks:');
  withGeneralOptions(withPlace(analyze));
  addFilterCommands(program, context, register);
}

function addFilterCommands(program: Command, context: CommandContext, register: Register): void {
  const filters = subcommand(program, 'filters', 'the analyzers that analyze uses without --filter');
  const list = subcommand(filters, 'list', 'the active and the unused ones').action(
    register(async (flags: FiltersFlags) =>
      (await import('../commands/filters.ts')).filtersList(flags, context),
    ),
  );
  const add = subcommand(filters, 'add', 'use these, too, from now on')
    .argument('<analyzers...>', 'names, such as GatewayClass')
    .action(
      register(async (names: readonly string[], flags: FiltersFlags) =>
        (await import('../commands/filters.ts')).filtersAdd(names, flags, context),
      ),
    );
  const remove = subcommand(filters, 'remove', 'leave these out from now on')
    .argument('<analyzers...>', 'names, such as ConfigMap')
    .action(
      register(async (names: readonly string[], flags: FiltersFlags) =>
        (await import('../commands/filters.ts')).filtersRemove(names, flags, context),
      ),
    );
  for (const command of [list, add, remove]) withGeneralOptions(withStateDir(command));
}
