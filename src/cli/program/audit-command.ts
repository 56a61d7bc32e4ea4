import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { AuditFlags } from '../commands/audit.ts';
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

export function addAuditCommand(program: Command, context: CommandContext, register: Register): void {
  const audit = subcommand(program, 'audit', 'what is wrong with how objects are written, and a score')
    .argument('[object]', 'KIND/NAME, such as deploy/web')
    .addOption(outputOption(['text', 'json', 'yaml', 'sarif', 'junit', 'markdown']))
    .option(
      '-f, --file <path>',
      'a file or directory of manifests instead, - for standard input; repeatable',
      collect,
    )
    .addOption(
      new Option('-n, --namespace <namespace>', 'the namespace of the object, or everything in it').conflicts(
        'allNamespaces',
      ),
    )
    .option('-A, --all-namespaces', 'everything in the cluster')
    .option('--ignore <file>', 'exemptions: findings that are known and accepted, each until a date')
    .addOption(severityOption('exit code 1 for a finding as bad as this or worse'))
    .option('--min-score <points>', 'exit code 1 for an object that scores less, from 0 to 100')
    .option('--images', 'have Trivy look into the images (the default where it is on PATH, except in CI)')
    .option('--no-images', 'do not')
    .option('--image-timeout <duration>', 'how long Trivy may take for one image', '2m')
    .optionsGroup('Explanation:')
    .option('--explain', 'ask a model what to change first; without one, rules say so')
    .addHelpText('after', examples)
    .action(
      register(async (object: string | undefined, flags: AuditFlags) =>
        (await import('../commands/audit.ts')).audit(object, flags, context),
      ),
    );
  withTrafficOptions(withExplainOptions(audit)).optionsGroup('Where it looks:');
  withGeneralOptions(withPlace(audit));
}

const examples = `
Examples:
  sluice audit -f manifests/ --fail-on high
  helm template web ./chart | sluice audit -f -
  sluice audit deploy/web -n shop --context prod

Exit codes: 0 also with findings, 1 by --fail-on or --min-score, 2 when a file could not be read, the
object is not there, or with either wish when what could not be judged may hide a finding.`;
