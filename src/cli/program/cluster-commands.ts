import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { ClusterGetFlags } from '../commands/cluster-get.ts';
import type { ClusterFlags } from '../cluster-flags.ts';
import { addJoinedClusterCommands } from './joined-cluster-commands.ts';
import { outputOption, subcommand, withGeneralOptions, withStateDir, type Register } from './register.ts';

export function addClusterCommands(program: Command, context: CommandContext, register: Register): void {
  const cluster = subcommand(program, 'cluster', 'look into a cluster, or join others to one');

  const get = subcommand(cluster, 'get', 'objects of a kind, as kubectl get shows them')
    .argument('<kind>', 'singular, plural or short name, such as deploy')
    .argument('[name]', 'one object; exit code 1 when there is none')
    .addOption(outputOption(['text', 'wide', 'json', 'yaml']))
    .option('-A, --all-namespaces', 'objects of every namespace')
    .option('-l, --selector <selector>', 'only objects with these labels, such as app=web')
    .action(
      register(async (kind: string, name: string | undefined, flags: ClusterGetFlags) =>
        (await import('../commands/cluster-get.ts')).clusterGet(kind, name, flags, context),
      ),
    );

  const describe = subcommand(cluster, 'describe', 'one object for people, with its events')
    .argument('<kind>', 'singular, plural or short name, such as deploy')
    .argument('<name>', 'the object')
    .action(
      register(async (kind: string, name: string, flags: ClusterFlags) =>
        (await import('../commands/cluster-describe.ts')).clusterDescribe(kind, name, flags, context),
      ),
    );

  for (const command of [get, describe]) {
    command
      .option('-n, --namespace <namespace>', 'the namespace to look in', 'default')
      .option('--cluster <name>', 'one of the named clusters, such as prod')
      .option('--cluster-file <file>', 'how the in-memory cluster behaves, such as which images pull')
      .option('--kubeconfig <file>', 'a real cluster instead of the in-memory one')
      .option('--context <name>', 'the context in the kubeconfig');
    withGeneralOptions(withStateDir(command));
  }
  addJoinedClusterCommands(cluster, context, register);
}
