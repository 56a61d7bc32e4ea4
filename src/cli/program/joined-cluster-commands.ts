import type { Command } from 'commander';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import type { ClusterJoinFlags } from '../commands/cluster-join.ts';
import type { ClusterListFlags } from '../commands/cluster-list.ts';
import { outputOption, subcommand, withGeneralOptions, withStateDir, type Register } from './register.ts';

/** `sluice cluster join|list|detach`: the clusters that a step may name, beside the one that its run is on. */
export function addJoinedClusterCommands(
  cluster: Command,
  context: CommandContext,
  register: Register,
): void {
  const join = subcommand(cluster, 'join', 'let runs use another cluster under a name')
    .argument('<name>', 'what steps call it: cluster: NAME')
    .option('--kubeconfig-file <file>', 'the kubeconfig of the cluster to join')
    .option('--join-context <name>', 'its context there, or in the kubeconfig of --context')
    .option('--join-kubeconfig <file>', 'the same as --kubeconfig-file')
    .option('--namespaces <names>', 'namespaces whose runs may use it, separated by commas (default: all)')
    .option('--create-account', 'make a service account on the cluster, and store its token')
    .option('--no-impersonate', "runs act there with the credential's rights, not as their service account")
    .option('-y, --yes', 'replace what is stored of a cluster of that name')
    .addHelpText('after', joinExamples)
    .action(
      register(async (name: string, flags: ClusterJoinFlags) =>
        (await import('../commands/cluster-join.ts')).clusterJoin(name, flags, context),
      ),
    );

  const list = subcommand(cluster, 'list', 'the clusters that were joined')
    .alias('ls')
    .addOption(outputOption())
    .action(
      register(async (flags: ClusterListFlags) =>
        (await import('../commands/cluster-list.ts')).clusterList(flags, context),
      ),
    );

  const detach = subcommand(cluster, 'detach', 'forget a joined cluster')
    .argument('<name>', 'the cluster')
    .action(
      register(async (name: string, flags: SessionFlags) =>
        (await import('../commands/cluster-detach.ts')).clusterDetach(name, flags, context),
      ),
    );

  for (const command of [join, list, detach]) {
    command
      .option('--context <name>', 'the cluster that others are joined to (SLUICE_CONTEXT)')
      .option('--kubeconfig <file>', 'the kubeconfig to find it in');
    withGeneralOptions(withStateDir(command));
  }
}

const joinExamples = `
Examples:
  sluice cluster join prod --kubeconfig-file prod.yaml --context hub
  sluice cluster join prod --join-context prod-admin --create-account --namespaces shop --context hub`;
