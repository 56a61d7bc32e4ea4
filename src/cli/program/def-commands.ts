import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { DefFilesFlags } from '../definition-files.ts';
import type { DefApplyFlags } from '../commands/def-apply.ts';
import type { DefListFlags } from '../commands/def-list.ts';
import type { DefShowFlags } from '../commands/def-show.ts';
import type { DefGetFlags } from '../commands/def-get.ts';
import type { DefInitFlags } from '../commands/def-init.ts';
import type { DefRenderFlags } from '../commands/def-render.ts';
import type { DefTestFlags } from '../commands/def-test.ts';
import type { BackendFlags } from '../with-backend.ts';
import {
  collect,
  outputOption,
  subcommand,
  withGeneralOptions,
  withPlace,
  type Register,
} from './register.ts';

export function addDefCommands(program: Command, context: CommandContext, register: Register): void {
  const def = subcommand(program, 'def', 'step types: write, check, test, install, list, show');
  const defs = [
    '--defs <dir>',
    'step types (.yaml, .yml, .cue) beside the installed ones; repeatable',
  ] as const;

  const list = subcommand(def, 'list', 'the step types there are, and where they come from')
    .alias('ls')
    .addOption(
      new Option('-t, --type <type>', 'only step types, or only Packages').choices([
        'workflow-step',
        'package',
      ]),
    )
    .addOption(outputOption())
    .option(...defs, collect)
    .action(
      register(async (flags: DefListFlags) =>
        (await import('../commands/def-list.ts')).defList(flags, context),
      ),
    );

  const show = subcommand(def, 'show', 'parameters and outputs of a step type')
    .argument('<name>', 'name of a step type, or a YAML or CUE file')
    .addOption(outputOption(['text', 'json', 'yaml', 'md']))
    .option(...defs, collect)
    .action(
      register(async (name: string, flags: DefShowFlags) =>
        (await import('../commands/def-show.ts')).defShow(name, flags, context),
      ),
    );

  const get = subcommand(def, 'get', 'a step type as a WorkflowStepDefinition')
    .argument('<name>', 'name of a step type, or package/NAME of a Package')
    .addOption(outputOption(['yaml', 'json', 'cue']))
    .action(
      register(async (name: string, flags: DefGetFlags) =>
        (await import('../commands/def-get.ts')).defGet(name, flags, context),
      ),
    );

  const vet = subcommand(def, 'vet', 'check step types and Packages without installing them')
    .argument('[files...]', 'YAML or CUE files, or directories of them')
    .addOption(outputOption())
    .option('-f, --file <file>', 'one of the files; repeatable', collect)
    .action(
      register(async (files: readonly string[], flags: DefFilesFlags) =>
        (await import('../commands/def-vet.ts')).defVet(files, flags, context),
      ),
    );

  const init = subcommand(def, 'init', 'a step type to start from')
    .argument('<new-name>', 'its name')
    .addOption(new Option('--lang <lang>', 'how it is written').choices(['cue', 'yaml']).default('cue'))
    .option('-d, --desc <text>', 'what it does, in a sentence')
    .option('-o, --output <file>', 'write it to a new file instead of standard output')
    .action(
      register(async (name: string, flags: DefInitFlags) =>
        (await import('../commands/def-init.ts')).defInit(name, flags, context),
      ),
    );

  const render = subcommand(def, 'render', 'step types in the other form: object or CUE file')
    .argument('<file>', 'a YAML or CUE file, or a directory of them')
    .addOption(new Option('-f, --format <format>', 'the form').choices(['yaml', 'cue']).default('yaml'))
    .option('-o, --output <file>', 'write to this file, or several to this directory')
    .action(
      register(async (file: string, flags: DefRenderFlags) =>
        (await import('../commands/def-render.ts')).defRender(file, flags, context),
      ),
    );

  const test = subcommand(def, 'test', 'rehearse step types with recorded results')
    .argument('<files...>', 'test files, or directories of .test.yaml files')
    .addOption(outputOption())
    .option('--junit <file>', 'write the results as a JUnit file')
    .action(
      register(async (files: readonly string[], flags: DefTestFlags) =>
        (await import('../commands/def-test.ts')).defTest(files, flags, context),
      ),
    );

  const apply = subcommand(def, 'apply', 'check step types and Packages and install them')
    .argument('[files...]', 'YAML or CUE files, or directories of them')
    .addOption(outputOption())
    .option('-f, --file <file>', 'one of the files; repeatable', collect)
    .option('--dry-run', 'print what would be written, and write nothing')
    .action(
      register(async (files: readonly string[], flags: DefApplyFlags) =>
        (await import('../commands/def-apply.ts')).defApply(files, flags, context),
      ),
    );

  const remove = subcommand(def, 'delete', 'remove installed step types and Packages')
    .alias('del')
    .argument('<names...>', 'names of installed step types, package/NAME for Packages')
    .action(
      register(async (names: readonly string[], flags: BackendFlags) =>
        (await import('../commands/def-delete.ts')).defDelete(names, flags, context),
      ),
    );

  for (const command of [list, show, get])
    command.option(
      '-n, --namespace <namespace>',
      'on a cluster: the namespace of the runs that would use them',
    );
  for (const command of [vet, apply, remove])
    command.option(
      '-n, --namespace <namespace>',
      'on a cluster: where they are installed (default: vela-system)',
    );
  for (const command of [list, show, get, vet, apply, remove]) withGeneralOptions(withPlace(command));
  for (const command of [init, render, test]) withGeneralOptions(command);
}
