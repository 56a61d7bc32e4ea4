import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { AnalyzeFlags } from '../commands/analyze.ts';
import {
  collect,
  outputOption,
  subcommand,
  withGeneralOptions,
  withPlace,
  type Register,
} from './register.ts';

export function addAnalyzeCommand(program: Command, context: CommandContext, register: Register): void {
  const analyze = subcommand(program, 'analyze', 'what is wrong in a cluster or in files, without a model')
    .addOption(outputOption(['text', 'json', 'yaml', 'k8sgpt']))
    .option('--from <path>', 'a file or directory of manifests or dumps instead; repeatable', collect)
    .option('--filter <names>', 'only these analyzers, such as Pod,Service; repeatable', collect)
    .addOption(
      new Option('-n, --namespace <namespace>', 'only objects of this namespace').conflicts('allNamespaces'),
    )
    .option('-A, --all-namespaces', 'objects of every namespace (the default)')
    .option('-l, --selector <selector>', 'only objects with these labels, such as app=web')
    .addOption(
      new Option('--fail-on <severity>', 'exit code 1 for a problem as bad as this or worse').choices([
        'critical',
        'high',
        'medium',
        'low',
        'info',
      ]),
    )
    .action(
      register(async (flags: AnalyzeFlags) =>
        (await import('../commands/analyze.ts')).analyze(flags, context),
      ),
    );
  withGeneralOptions(withPlace(analyze));
}
