import type { Argument, Command, Option } from 'commander';

/** What may stand at the cursor. */
export type Wanted =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  /** A value that only the engine knows. */
  | {
      readonly kind: 'value';
      readonly of: ValueKind;
      readonly command: readonly string[];
      readonly words: readonly string[];
    }
  | { readonly kind: 'nothing' };

export interface Candidate {
  readonly text: string;
  readonly description: string;
}

export type ValueKind =
  | 'run'
  | 'step'
  | 'verdict'
  | 'server'
  | 'step-type'
  | 'kind'
  /** KIND/NAME */
  | 'object'
  | 'file'
  | 'directory'
  | 'shell'
  | 'analyzer'
  | 'namespace'
  | 'cluster';

/** Reads the words typed so far (the last one unfinished) against the tree of commands. */
export function wantedAt(program: Command, words: readonly string[]): Wanted {
  const typed = withoutEquals(words.slice(0, -1));
  const current = words.at(-1) ?? '';
  const { command, path, rest, openOption } = descend(program, typed);
  const value = (of: ValueKind): Wanted => ({ kind: 'value', of, command: path, words: rest });
  if (openOption !== undefined) return optionValue(openOption, value);
  if (current.startsWith('-')) return { kind: 'words', candidates: optionCandidates(command) };
  const subcommands = visibleCommands(command);
  if (subcommands.length > 0 && rest.length === 0) {
    const candidates = subcommands.map((sub) => ({ text: sub.name(), description: sub.description() }));
    return { kind: 'words', candidates };
  }
  const argument = argumentAt(command, rest.length);
  const of = argument === undefined ? undefined : argumentKind(path, argument);
  return of === undefined ? { kind: 'nothing' } : value(of);
}

/** bash hands `--option=value` over as three words. */
function withoutEquals(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => word !== '=' || words[index - 1]?.startsWith('--') !== true);
}

interface Position {
  readonly command: Command;
  /** Names of the commands from below the program. */
  readonly path: readonly string[];
  /** The arguments after the command. */
  readonly rest: readonly string[];
  /** The option whose value stands at the cursor. */
  readonly openOption: Option | undefined;
}

function descend(program: Command, typed: readonly string[]): Position {
  let command = program;
  const path: string[] = [];
  const rest: string[] = [];
  let openOption: Option | undefined;
  for (const word of typed) {
    if (openOption !== undefined) {
      openOption = undefined;
      continue;
    }
    if (word.startsWith('-') && word !== '-') {
      const option = optionsOf(command).find(({ short, long }) => word === short || word === long);
      openOption = option !== undefined && (option.required || option.optional) ? option : undefined;
      continue;
    }
    const next =
      rest.length === 0
        ? command.commands.find((sub) => sub.name() === word || sub.aliases().includes(word))
        : undefined;
    if (next === undefined) rest.push(word);
    else {
      command = next;
      path.push(next.name());
    }
  }
  return { command, path, rest, openOption };
}

function optionValue(option: Option, value: (of: ValueKind) => Wanted): Wanted {
  if (option.argChoices !== undefined) {
    const candidates = option.argChoices.map((text) => ({ text, description: '' }));
    return { kind: 'words', candidates };
  }
  const of = optionKinds.get(option.long ?? '');
  return of === undefined ? { kind: 'nothing' } : value(of);
}

const optionKinds: ReadonlyMap<string, ValueKind> = new Map([
  ['--state-dir', 'directory'],
  ['--defs', 'directory'],
  ['--cases', 'directory'],
  ['--write', 'file'],
  ['--file', 'file'],
  ['--cluster-file', 'file'],
  ['--ca-file', 'file'],
  ['--subject', 'file'],
  ['--evidence', 'file'],
  ['--junit', 'file'],
  ['--sarif', 'file'],
  ['--summary', 'file'],
  ['--from', 'file'],
  ['--out', 'file'],
  ['--baseline', 'file'],
  ['--ignore', 'file'],
  ['--rules', 'file'],
  ['--record-model', 'file'],
  ['--replay-model', 'file'],
  ['--filter', 'analyzer'],
  ['--kubeconfig', 'file'],
  ['--step', 'step'],
  ['--namespace', 'namespace'],
  ['--cluster', 'cluster'],
]);

function optionCandidates(command: Command): readonly Candidate[] {
  const own = optionsOf(command).filter(({ hidden, long }) => !hidden && long !== undefined);
  return [
    ...own.map(({ long, description }) => ({ text: long ?? '', description })),
    { text: '--help', description: 'how the command is used' },
  ];
}

/** Where a command may be left out, its options may stand right after its parent, such as those of `gate check`. */
function optionsOf(command: Command): readonly Option[] {
  const { commands } = command;
  const standard = commands.find((sub) => standardCommands.has(`${command.name()} ${sub.name()}`));
  return [...command.options, ...(standard?.options ?? [])];
}

const standardCommands: ReadonlySet<string> = new Set(['gate check']);

function visibleCommands(command: Command): readonly Command[] {
  return command.commands.filter((sub) => !sub.name().startsWith('__'));
}

function argumentAt(command: Command, index: number): Argument | undefined {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}

function argumentKind(path: readonly string[], argument: Argument): ValueKind | undefined {
  const [group] = path;
  switch (argument.name()) {
    case 'file':
    case 'files':
      return 'file';
    case 'shell':
      return 'shell';
    case 'analyzers':
      return 'analyzer';
    case 'kind':
      return 'kind';
    case 'object':
      return 'object';
    case 'run':
    case 'step':
    case 'verdict':
    case 'server':
      return argument.name() as ValueKind;
    case 'name':
    case 'names':
      return group === 'workflow' ? 'run' : group === 'def' ? 'step-type' : undefined;
    default:
      return undefined;
  }
}
