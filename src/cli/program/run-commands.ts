import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { RunFlags } from '../commands/run.ts';
import type { VetFlags } from '../commands/vet.ts';
import {
  collect,
  outputOption,
  subcommand,
  withGeneralOptions,
  withStateDir,
  type Register,
} from './register.ts';

export function addRunCommands(program: Command, context: CommandContext, register: Register): void {
  const run = subcommand(program, 'run', 'run the workflows of files on the local engine')
    .argument('<files...>', 'YAML or JSON files, directories of them, or - for standard input')
    .action(
      register(async (files: readonly string[], flags: RunFlags) =>
        (await import('../commands/run.ts')).run(files, flags, context),
      ),
    )
    .addHelpText('after', runExamples);
  withRunOptions(run);

  const vet = subcommand(program, 'vet', 'check the workflows of files and run nothing')
    .argument('<files...>', 'YAML or JSON files, directories of them, or - for standard input')
    .action(
      register(async (files: readonly string[], flags: VetFlags) =>
        flags.fromKubevela === true
          ? (await import('../commands/vet-from-kubevela.ts')).vetFromKubeVela(files, flags, context)
          : (await import('../commands/vet.ts')).vet(files, flags, context),
      ),
    )
    .option('--from-kubevela', 'say what of files written for KubeVela behaves otherwise here')
    .addOption(outputOption(['text', 'json', 'yaml', 'sarif']));
  withGeneralOptions(withStateDir(withEngineOptions(withReportOptions(withCheckOptions(vet)))));
}

/** The options of `run` and of `workflow run`. */
export function withRunOptions(command: Command): Command {
  command
    .addOption(outputOption())
    .option('-n, --namespace <namespace>', 'the namespace of runs that name none')
    .option('--timeout <duration>', 'deadline of each run, such as 90s or 5m (exit code 4)')
    .option('--wait-suspended', 'wait for a person also where nobody sits at the terminal');
  withEvidenceOptions(command);
  withTrafficOptions(command);
  return withGeneralOptions(withStateDir(withEngineOptions(withReportOptions(withCheckOptions(command)))));
}

function withCheckOptions(command: Command): Command {
  return command
    .option(
      '--defs <dir>',
      'step types (.yaml, .yml, .cue) that win over installed ones; repeatable',
      collect,
    )
    .option('--set <path=value>', 'a value: context.KEY=VALUE or parameters.NAME=VALUE; repeatable', collect)
    .option('--require <steps>', 'steps that must succeed, or the exit code is 3; repeatable', collect)
    .option('--strict', 'warnings are errors');
}

/** What goes to models, beside what is collected. */
export function withEvidenceOptions(command: Command): Command {
  return command
    .option('--evidence <file>', 'a log, diff or other text for steps that ask a model; repeatable', collect)
    .option('--anonymize', 'replace names of namespaces and workloads before anything goes to a model');
}

/** What becomes of the requests to models. */
export function withTrafficOptions(command: Command): Command {
  return command
    .option('--dry-run-prompt', 'print what would be sent to models, its tokens and cost, and send nothing')
    .option('--record-model <file>', 'write the requests to models and their answers to a new file')
    .option('--replay-model <file>', 'answer requests to models from such a file, and send nothing');
}

/** Files for CI systems, written at the end and also when the run fails. */
export function withReportOptions(command: Command): Command {
  return command
    .option('--junit <file>', 'write a JUnit report: a case for each step and each check of a gate')
    .option('--sarif <file>', 'write a SARIF log: faults, failed steps and verdicts, each at its line')
    .option('--summary <file>', 'append a summary in Markdown, as a job summary wants it');
}

export function withEngineOptions(command: Command): Command {
  return command
    .optionsGroup('Where it runs:')
    .option('--kubeconfig <file>', 'real clusters instead of the in-memory one')
    .option('--context <name>', 'the default cluster in the kubeconfig')
    .option('--offline', 'allow the offline engine on real clusters when there is no model key')
    .option('--cluster-file <file>', 'how the in-memory cluster behaves, such as which images pull')
    .option('--ca-file <file>', 'certificates (PEM) to trust besides the usual ones');
}

const runExamples = `
Examples:
  sluice run examples/chat-gpt-audit.yaml
  sluice run gate.yaml --require apply-production
  sluice run release.yaml --set context.version=1.4.2 -o json

Exit codes: 0 succeeded, 1 failed, 2 refused before anything ran, 3 a required step or a gate did
not pass, 4 deadline, 5 waits for a person, 6 disk or cluster trouble, 130/143 stopped.`;
