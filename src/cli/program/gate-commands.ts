import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { GateCalibrateFlags } from '../commands/gate-calibrate.ts';
import type { GateCheckFlags } from '../commands/gate-check.ts';
import type { GateCompileFlags } from '../commands/gate-compile.ts';
import type { GateInvalidateFlags } from '../commands/gate-invalidate.ts';
import type { GateListFlags } from '../commands/gate-list.ts';
import type { GateOverrideFlags } from '../commands/gate-override.ts';
import type { GateShowFlags } from '../commands/gate-show.ts';
import { verdictFormats } from '../gates/verdict-output.ts';
import {
  collect,
  outputOption,
  subcommand,
  withGeneralOptions,
  withPlace,
  withStateDir,
  type Register,
} from './register.ts';
import {
  withEngineOptions,
  withEvidenceOptions,
  withReportOptions,
  withTrafficOptions,
} from './run-commands.ts';

export function addGateCommands(program: Command, context: CommandContext, register: Register): void {
  const gate = subcommand(program, 'gate', 'gates: judge, show verdicts, open, calibrate').addHelpText(
    'after',
    gateExamples,
  );
  addCheck(gate, context, register);

  const list = subcommand(gate, 'list', 'the verdicts that are kept')
    .alias('ls')
    .addOption(outputOption())
    .option('--gate <name>', 'only those of this gate')
    .option('--run <name>', 'only those of this run')
    .action(
      register(async (flags: GateListFlags) =>
        (await import('../commands/gate-list.ts')).gateList(flags, context),
      ),
    );

  const show = subcommand(gate, 'show', 'a verdict, or an export of it')
    .argument('<verdict>', 'id of a verdict')
    .addOption(outputOption([...verdictFormats]))
    .action(
      register(async (id: string, flags: GateShowFlags) =>
        (await import('../commands/gate-show.ts')).gateShow(id, flags, context),
      ),
    );

  const override = subcommand(
    gate,
    'override',
    'open a verdict in your name, and let the step go on that waits',
  )
    .argument('<run>', 'name of the run, or id of the verdict')
    .argument('[step]', 'step of the run: its newest verdict is opened')
    .requiredOption('--reason <text>', 'why it is opened; kept with the verdict')
    .requiredOption('--role <group>', 'the role in which you decide; repeatable', collect)
    .addOption(new Option('--for <duration>', 'how long it opens, such as 1h').makeOptionMandatory())
    .option('--verdict <id>', 'the verdict that is meant')
    .option('--by <name>', 'who decides (default: the user of this machine)')
    .addOption(outputOption())
    .option('--wait-suspended', 'wait for a person also where nobody sits at the terminal')
    .action(
      register(async (run: string, step: string | undefined, flags: GateOverrideFlags) =>
        (await import('../commands/gate-override.ts')).gateOverride(run, step, flags, context),
      ),
    );

  const invalidate = subcommand(gate, 'invalidate', 'take a verdict out of later comparisons')
    .argument('<verdict>', 'id of a verdict')
    .requiredOption('--why <text>', 'the reason; kept with the verdict')
    .option('--by <name>', 'who decides (default: the user of this machine)')
    .action(
      register(async (id: string, flags: GateInvalidateFlags) =>
        (await import('../commands/gate-invalidate.ts')).gateInvalidate(id, flags, context),
      ),
    );

  for (const command of [list, show, override, invalidate]) {
    command.option('-n, --namespace <namespace>', 'namespace of the runs (default: default)');
    withGeneralOptions(withPlace(command));
  }

  const compile = subcommand(gate, 'compile', 'the criteria that a policy in plain text stands for')
    .requiredOption('-f, --file <file>', 'a gate with a policy, or a file of plain text')
    .addOption(outputOption(['yaml', 'json']))
    .action(
      register(async (flags: GateCompileFlags) =>
        (await import('../commands/gate-compile.ts')).gateCompile(flags, context),
      ),
    );
  withGeneralOptions(compile);

  const calibrate = subcommand(gate, 'calibrate', 'how often the judge of a gate is right, on labelled cases')
    .requiredOption('-f, --file <file>', 'a document of kind Gate, or a WorkflowRun with --step')
    .requiredOption(
      '--cases <dir>',
      'the cases: files with `label: good` or `label: bad`, and what is judged',
    )
    .option('--write <file>', 'write the record, for `calibration.set` of the gate')
    .option('--name <gate>', 'the gate that is meant, where the file holds several')
    .option('--step <name>', 'the step of a WorkflowRun that is a gate')
    .option('--set <context.key=value>', 'a value for spec.context; repeatable', collect)
    .option('-n, --namespace <namespace>', 'the namespace of a gate that names none')
    .addOption(outputOption())
    .action(
      register(async (flags: GateCalibrateFlags) =>
        (await import('../commands/gate-calibrate.ts')).gateCalibrate(flags, context),
      ),
    );
  withGeneralOptions(withStateDir(withEngineOptions(withTrafficOptions(calibrate))));
}

function addCheck(gate: Command, context: CommandContext, register: Register): void {
  const check = gate
    .command('check', { isDefault: true })
    .description('judge by one gate of a file; `gate -f` alone means this, too')
    .requiredOption('-f, --file <file>', 'a document of kind Gate, or a WorkflowRun with --step')
    .addOption(outputOption([...verdictFormats]))
    .option('--name <gate>', 'the gate that is meant, where the file holds several')
    .option('--step <name>', 'the step of a WorkflowRun that is a gate')
    .option('--subject <file>', 'manifests that are judged; repeatable', collect)
    .option(
      '--report <name=file>',
      'what a tool has written, for `findings: {from: NAME}`; repeatable',
      collect,
    )
    .option('--set <context.key=value>', 'a value for spec.context; repeatable', collect)
    .option('-n, --namespace <namespace>', 'the namespace of a gate that names none')
    .option(
      '--defs <dir>',
      'step types (.yaml, .yml, .cue) that win over installed ones; repeatable',
      collect,
    )
    .option('--timeout <duration>', 'deadline of the whole run (exit code 4)')
    .option('--wait-suspended', 'wait until a person has decided')
    .action(
      register(async (flags: GateCheckFlags) =>
        (await import('../commands/gate-check.ts')).gateCheck(flags, context),
      ),
    );
  withTrafficOptions(withEvidenceOptions(check));
  withGeneralOptions(withStateDir(withEngineOptions(withReportOptions(check))));
}

const gateExamples = `
Examples:
  sluice gate -f gate.yaml --subject deploy/ --report scan=trivy.sarif
  sluice gate -f run.yaml --step check -o json
  sluice gate override release-x7k2p check --reason "hotfix" --role sre --for 1h

Exit codes of a gate: 0 open, 2 refused before anything was measured, 3 not open, 5 waits for a person.`;
