import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { WorkflowDebugFlags } from '../commands/workflow-debug.ts';
import type { WorkflowListFlags } from '../commands/workflow-list.ts';
import type { WorkflowLogsFlags } from '../commands/workflow-logs.ts';
import type { WorkflowResumeFlags } from '../commands/workflow-resume.ts';
import type { WorkflowSignalFlags } from '../commands/workflow-signal.ts';
import type { WorkflowStatusFlags } from '../commands/workflow-status.ts';
import type { ClusterRunFlags } from '../commands/workflow-run-cluster.ts';
import type { BackendFlags } from '../with-backend.ts';
import {
  collect,
  outputOption,
  subcommand,
  withGeneralOptions,
  withPlace,
  type Register,
} from './register.ts';
import { withRunOptions } from './run-commands.ts';

type RunFileFlags = ClusterRunFlags & { readonly file?: readonly string[] };

export function addWorkflowCommands(program: Command, context: CommandContext, register: Register): void {
  const workflow = subcommand(program, 'workflow', 'look at runs and steer them').alias('wf');

  withRunOptions(
    subcommand(workflow, 'run', 'the same as sluice run; on a cluster, create the runs there')
      .argument('[files...]', 'YAML or JSON files, directories of them, or - for standard input')
      .option('-f, --file <file>', 'one of the files; repeatable', collect)
      .option('--wait', 'on a cluster: wait until each run has ended, and exit as it ended')
      .action(
        register(async (files: readonly string[], flags: RunFileFlags) =>
          (await import('../commands/workflow-run.ts')).workflowRun(files, flags, context),
        ),
      ),
  );

  const list = subcommand(workflow, 'list', 'the runs there are, newest first')
    .alias('ls')
    .addOption(outputOption())
    .option('-A, --all-namespaces', 'those of all namespaces')
    .action(
      register(async (flags: WorkflowListFlags) =>
        (await import('../commands/workflow-list.ts')).workflowList(flags, context),
      ),
    );

  const status = subcommand(workflow, 'status', 'where a run stands, and what each step waits for')
    .argument('<name>', 'name of a run, or NAMESPACE/NAME')
    .addOption(outputOption())
    .option('-w, --watch', 'show it live until the run ends')
    .action(
      register(async (name: string, flags: WorkflowStatusFlags) =>
        (await import('../commands/workflow-status.ts')).workflowStatus(name, flags, context),
      ),
    );

  const logs = subcommand(workflow, 'logs', 'what the steps of a run said, such as the answer of a model')
    .argument('<name>', 'name of a run, or NAMESPACE/NAME')
    .option('-s, --step <step>', 'only this step')
    .option('-f, --follow', 'go on until the run ends')
    .option('-t, --timestamps', 'the time of each line')
    .addOption(outputOption(['default', 'raw', 'json']))
    .action(
      register(async (name: string, flags: WorkflowLogsFlags) =>
        (await import('../commands/workflow-logs.ts')).workflowLogs(name, flags, context),
      ),
    );

  const signals = (['suspend', 'terminate'] as const).map((kind) => {
    const command = subcommand(
      workflow,
      kind,
      kind === 'suspend' ? 'hold a run, or one of its steps' : 'end a run that has not finished',
    )
      .argument('<name>', 'name of a run, or NAMESPACE/NAME')
      .action(
        register(async (name: string, flags: WorkflowSignalFlags) =>
          (await import('../commands/workflow-signal.ts')).workflowSignal(kind, name, flags, context),
        ),
      );
    return kind === 'suspend' ? command.option('-s, --step <step>', 'only this step') : command;
  });

  const resume = subcommand(workflow, 'resume', 'go on with a run that was suspended, stopped or killed')
    .argument('<name>', 'name of a run, or NAMESPACE/NAME')
    .option('-s, --step <step>', 'only this step')
    .option('--wait-suspended', 'wait for a person also where nobody sits at the terminal')
    .addOption(outputOption())
    .action(
      register(async (name: string, flags: WorkflowResumeFlags) =>
        (await import('../commands/workflow-resume.ts')).workflowResume(name, flags, context),
      ),
    );

  const restart = subcommand(workflow, 'restart', 'run a finished run again, or from one of its failed steps')
    .argument('<name>', 'name of a run, or NAMESPACE/NAME')
    .option('-s, --step <step>', 'from this failed step')
    .option('--wait-suspended', 'wait for a person also where nobody sits at the terminal')
    .addOption(outputOption())
    .action(
      register(async (name: string, flags: WorkflowResumeFlags) =>
        (await import('../commands/workflow-restart.ts')).workflowRestart(name, flags, context),
      ),
    );

  const debug = subcommand(workflow, 'debug', 'what is known of each step of a run in debug mode')
    .argument('<name>', 'name of a run, or NAMESPACE/NAME')
    .option('-s, --step <step>', 'only this step')
    .addOption(outputOption())
    .action(
      register(async (name: string, flags: WorkflowDebugFlags) =>
        (await import('../commands/workflow-debug.ts')).workflowDebug(name, flags, context),
      ),
    );

  const remove = subcommand(workflow, 'delete', 'delete runs and their logs; what they deployed stays')
    .argument('<names...>', 'names of runs, or NAMESPACE/NAME')
    .action(
      register(async (names: readonly string[], flags: BackendFlags) =>
        (await import('../commands/workflow-delete.ts')).workflowDelete(names, flags, context),
      ),
    );

  for (const command of [resume, restart])
    command.option('--ca-file <file>', 'certificates (PEM) to trust besides the usual ones');
  for (const command of [list, status, logs, ...signals, resume, restart, debug, remove]) {
    command.option(
      '-n, --namespace <namespace>',
      'the namespace of the run (default: any; on a cluster, that of the context)',
    );
    withGeneralOptions(withPlace(command));
  }
}
