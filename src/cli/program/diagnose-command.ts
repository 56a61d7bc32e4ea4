import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { DiagnoseFlags } from '../commands/diagnose.ts';
import {
  collect,
  outputOption,
  severityOption,
  subcommand,
  withGeneralOptions,
  withPlace,
  type Register,
} from './register.ts';
import { withExplainOptions } from './explain-options.ts';
import { withTrafficOptions } from './run-commands.ts';

export function addDiagnoseCommand(program: Command, context: CommandContext, register: Register): void {
  const diagnose = subcommand(
    program,
    'diagnose',
    'what is wrong with one object, where it comes from, and what fixes it',
  )
    .argument('[object...]', 'KIND/NAME, such as deploy/web; a name alone, or a question, is asked back')
    .addOption(outputOption(['text', 'json', 'yaml', 'markdown']))
    .option('-n, --namespace <namespace>', 'the namespace of the object (default for KIND/NAME: default)')
    .option('--from <path>', 'a file or directory of manifests or dumps instead; repeatable', collect)
    .option('--logs <lines>', 'so many lines of each log are shown; 0 reads none', '10')
    .addOption(severityOption('exit code 1 for a cause as bad as this or worse'))
    .optionsGroup('Explanation:')
    .option('--no-model', 'ask no model, also when one is set up')
    .action(
      register(async (words: readonly string[], flags: DiagnoseFlags) =>
        (await import('../commands/diagnose.ts')).diagnose(words, flags, context),
      ),
    );
  withTrafficOptions(withExplainOptions(diagnose)).optionsGroup('Where it looks:');
  withGeneralOptions(withPlace(diagnose));
}
