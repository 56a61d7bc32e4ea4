import { Option, type Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { AuthAddFlags } from '../commands/auth-add.ts';
import type { AuthListFlags } from '../commands/auth-list.ts';
import type { CacheListFlags } from '../commands/cache-list.ts';
import type { CachePurgeFlags } from '../commands/cache-purge.ts';
import type { SettingsFlags } from '../models/settings-place.ts';
import {
  collect,
  outputOption,
  subcommand,
  withGeneralOptions,
  withStateDir,
  type Register,
} from './register.ts';

/** `sluice auth` and `sluice cache`: servers of models, and what they have answered. */
export function addModelCommands(program: Command, context: CommandContext, register: Register): void {
  const auth = subcommand(program, 'auth', 'servers of models and their keys');
  const add = subcommand(auth, 'add', 'set up a server, or replace the one of that name')
    .argument('<name>', 'what steps call it; openai, azure, ollama, localai, vllm and litellm are known')
    .option('--url <url>', 'its address, such as https://models.example.com/v1')
    .addOption(new Option('--kind <kind>', 'its protocol').choices(['openai', 'azure']))
    .option('--api-version <version>', 'of Azure: the dated API to use')
    .option('--model <model>', 'asked where neither step nor run names one')
    .option(
      '--host <host>',
      'a host that the key may go to (default: that of the address); repeatable',
      collect,
    )
    .option('--key-from-env <name>', 'take the key from this environment variable each time')
    .option('--ask-key', 'read a key, also for a server that usually wants none')
    // A key that somebody gives here is refused by us: the message about what is too much would show it.
    .addOption(new Option('--key [key]').hideHelp())
    .allowExcessArguments()
    .option('--no-key', 'the server wants none')
    .option('--default', 'steps that name no server ask this one')
    .option('--no-check', 'do not ask the server which models it has')
    .option('--ca-file <file>', 'certificates (PEM) to trust besides the usual ones')
    .addHelpText('after', addExamples)
    .action(
      register(async (name: string, flags: AuthAddFlags, { args }: Command) =>
        (await import('../commands/auth-add.ts')).authAdd(name, args.slice(1), flags, context),
      ),
    );
  const list = subcommand(auth, 'list', 'the servers that were set up; no key is shown')
    .alias('ls')
    .addOption(outputOption())
    .action(
      register(async (flags: AuthListFlags) =>
        (await import('../commands/auth-list.ts')).authList(flags, context),
      ),
    );
  const choose = subcommand(auth, 'default', 'choose the server that steps ask which name none')
    .argument('<server>', 'name of the server')
    .action(
      register(async (name: string, flags: SettingsFlags) =>
        (await import('../commands/auth-change.ts')).authDefault(name, flags, context),
      ),
    );
  const remove = subcommand(auth, 'remove', 'forget a server with its key')
    .alias('rm')
    .argument('<server>', 'name of the server')
    .action(
      register(async (name: string, flags: SettingsFlags) =>
        (await import('../commands/auth-change.ts')).authRemove(name, flags, context),
      ),
    );

  const cache = subcommand(program, 'cache', 'answers of models that are used again');
  const kept = subcommand(cache, 'list', 'the answers that are kept, newest first')
    .alias('ls')
    .addOption(outputOption())
    .action(
      register(async (flags: CacheListFlags) =>
        (await import('../commands/cache-list.ts')).cacheList(flags, context),
      ),
    );
  const purge = subcommand(cache, 'purge', 'forget answers: models are asked anew')
    .option('--older-than <duration>', 'those that are older, such as 24h')
    .option('--all', 'all of them')
    .action(
      register(async (flags: CachePurgeFlags) =>
        (await import('../commands/cache-purge.ts')).cachePurge(flags, context),
      ),
    );
  for (const command of [add, list, choose, remove, kept, purge]) withGeneralOptions(withStateDir(command));
}

const addExamples = `
The key is read from standard input, without echo on a terminal; it is never an argument.

Examples:
  sluice auth add openai
  printf %s "$KEY" | sluice auth add openai
  sluice auth add openai --key-from-env OPENAI_API_KEY --model gpt-4o-mini
  sluice auth add ollama --model llama3.2
  sluice auth add azure --url https://NAME.openai.azure.com --model DEPLOYMENT`;
