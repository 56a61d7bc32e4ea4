import { Option, type Command } from 'commander';
import { parameters } from '../../runner/generate/parameters.ts';
import type { CommandContext } from '../command-context.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import { flagOf, isRepeatable, parameterNames } from '../generate/parameter-flags.ts';
import { collect, subcommand, withGeneralOptions, withPlace, type Register } from './register.ts';
import { withTrafficOptions } from './run-commands.ts';

export function addGenerateCommand(program: Command, context: CommandContext, register: Register): void {
  const generate = subcommand(
    program,
    'generate',
    'manifests that are secure by default, checked before they are applied',
  )
    .argument(
      '[request...]',
      'what is wanted, such as "a web service from corp.example/cart:1.4 on port 8080"',
    )
    .option('--list', 'what can be made, and its parameters')
    .option('--procedure <name>', 'make this, whatever the request says')
    .option('--from <path>', 'a file or directory of manifests to change instead; repeatable', collect)
    .option('-n, --namespace <namespace>', 'where it goes (default: default)')
    .option('--apply', 'apply it, after a dry run and a question')
    .option('--yes', 'apply without the question')
    .option('--digest <digest>', 'with --yes: only if the changes are those that were shown under it')
    .option('--allow-findings', 'apply in spite of critical and high findings')
    .option('--out <file>', 'write the manifests there')
    .addOption(
      new Option('-o, --output <format>', 'how manifests are printed')
        .choices(['yaml', 'json'])
        .default('yaml'),
    )
    .optionsGroup('Parameters:');
  for (const name of parameterNames) {
    const { schema, value } = parameters[name];
    const flag = `${flagOf(name)} ${value}`;
    const description = schema['description'] as string;
    const { enum: choices } = schema as { readonly enum?: readonly string[] };
    if (choices !== undefined) generate.addOption(new Option(flag, description).choices(choices));
    else if (isRepeatable(name)) generate.option(flag, `${description}; repeatable`, collect);
    else generate.option(flag, description);
  }
  generate.action(
    register(async (request: readonly string[], flags: GenerateFlags) =>
      (await import('../commands/generate.ts')).generate(request, flags, context),
    ),
  );
  generate
    .optionsGroup('Model, for requests that fixed rules cannot read:')
    .option('--no-model', 'ask no model, also when one is set up')
    .option('--model <name>', 'the model to ask')
    .option('--server <name>', 'the server of models to ask it at, of those in: sluice auth list')
    .option('--no-cache', 'ask anew, also what was asked before')
    .option('--ca-file <file>', 'certificates (PEM) to trust besides the usual ones');
  withTrafficOptions(generate).optionsGroup('Where it goes:');
  withGeneralOptions(withPlace(generate));
}
