import { setFlagsFromString } from 'node:v8';
import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { ControllerFlags } from '../commands/controller.ts';
import { subcommand, withGeneralOptions, type Register } from './register.ts';

/** `sluice controller`: the engine behind the Kubernetes API. Its help is the reference of its flags. */
export function addControllerCommand(program: Command, context: CommandContext, register: Register): void {
  const command = subcommand(
    program,
    'controller',
    'drive the WorkflowRuns of a cluster, in the foreground (usually inside a Pod)',
  )
    .option('--kubeconfig <file>', 'a kubeconfig in place of the service account of the Pod')
    .option('--context <name>', 'the context of the kubeconfig (default: its current one)')
    .option(
      '--lease-namespace <namespace>',
      "where the Lease is (default: the Pod's namespace, else default)",
    )
    .option(
      '--lease-duration <duration>',
      'after so long without renewal another process takes over (default: 15s)',
    )
    .option(
      '--default-service-account <name>',
      'whose rights effects have when spec.serviceAccountName names none',
      'sluice-runner',
    )
    .option('--shard <i/n>', 'drive the runs of shard i of n, and of shards whose process is gone')
    .option('--concurrency <n>', 'runs that are being started at one time', '24')
    .option('--metrics-bind <address>', 'serve /metrics there, such as :8080 (default: off)')
    .option('--health-bind <address>', 'serve /healthz and /readyz there, such as :8081 (default: off)')
    .option('--webhook-bind <address>', 'serve the validating webhook there, such as :9443 (default: off)')
    .option(
      '--webhook-cert-dir <dir>',
      'tls.crt and tls.key of the webhook (default: a certificate of its own, in a Secret)',
    )
    .option(
      '--allow-offline-model',
      'without a key, model steps ask the offline engine instead of being refused',
    )
    .option('--allow-hosts <hosts>', 'loopback hosts that steps may call, separated by commas')
    .option('--deny-private', 'steps may not call private addresses, such as Services of the cluster')
    .option('--ttl <duration>', 'delete finished runs without spec.ttl after so long (default: keep them)')
    .option(
      '--history-limit <n>',
      'finished runs to keep of each label pipeline.oam.dev/name and namespace (default: all)',
    )
    .addOption(
      new Option('--log-level <level>', 'the least that is logged')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('info'),
    )
    .action(
      register(async (flags: ControllerFlags) => {
        // Before anything is loaded: a heap that grows as it likes on a large machine takes three times what is in use.
        setFlagsFromString('--optimize-for-size');
        return (await import('../commands/controller.ts')).controller(flags, context);
      }),
    );
  withGeneralOptions(command);
}
