import { exitCodes } from '../../src/cli/exit-code.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { openStyle } from '../../src/cli/terminal/style.ts';
import { code, fenced, page, table } from './markdown.js';

/** docs/reference/cli.md: every command from the command line's own tree. */
export function cliPage() {
  const program = buildProgram(documentingContext(), () => async () => undefined);
  const help = program.createHelp();
  const commands = leaves(program, help);
  return page(
    '# Command line',
    intro,
    overview(commands),
    '## Exit codes',
    table(['Code', 'Meaning'], exitCodeRows()),
    'Several runs in one call: the first of 130, 143, 70, 6, 2, 4, 3, 1 and 5 that one of them ended with.',
    '## Environment',
    table(
      ['Variable', 'Meaning'],
      environment.map(([name, meaning]) => [name, meaning]),
    ),
    ...commands.flatMap((command) => section(command, help)),
    '## Options of every command',
    optionTable(generalOptions(commands, help), help),
  );
}

const intro = `Standard output is the result, standard error the progress. With \`-o json\` or \`-o yaml\` standard output holds nothing but
the objects.`;

const meanings = {
  succeeded: 'Succeeded, and every required step did',
  failed: 'The run failed or was terminated; for `cluster get KIND NAME`: there is no such object',
  refused: 'Refused before anything ran: the command line, a file, or no key for a model',
  gateClosed:
    'A gate did not open, a step that requires one was refused, or a required step did not succeed; wins over 1',
  deadline: 'The deadline of the run (`spec.timeout`, `--timeout`) passed',
  waiting: 'The run waits for a person; it is stored and can be resumed',
  environment: 'The machine: state directory, disk, database, Node, cluster out of reach',
  bug: 'A fault of Sluice itself',
  SIGINT: 'Stopped by Ctrl-C; the run is stored and can be resumed, and in a cluster it goes on',
  SIGTERM: 'Stopped by SIGTERM; the run is stored and can be resumed, and in a cluster it goes on',
};

const environment = [
  [
    '`SLUICE_STATE_DIR`, `XDG_STATE_HOME`',
    'Where state is kept, after `--state-dir`: `$SLUICE_STATE_DIR`, else `$XDG_STATE_HOME/sluice`, else `~/.local/state/sluice`',
  ],
  [
    '`SLUICE_CONTEXT`',
    'The cluster that `workflow` and `def` act on; [runs of a cluster](../guides/runs-of-a-cluster.md)',
  ],
  [
    '`OPENAI_BASE_URL`, `OPENAI_API_KEY`, `OPENAI_MODEL`',
    'Which model answers; see [Models and providers](../guides/providers.md)',
  ],
  ['`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`', 'Proxies of outgoing calls; also in lower case'],
  ['`KUBECONFIG`', 'Where a context is looked up; by itself it points no command at a cluster'],
  ['`CI`', 'Not empty, `false` or `0`: plain lines in place of the live tree'],
  [
    '`GITHUB_ACTIONS`, `GITHUB_WORKSPACE`',
    '`true`: faults and failed steps are also printed as annotations, with places in the checkout',
  ],
  ['`GITHUB_STEP_SUMMARY`', 'In GitHub Actions: the file that a job summary is appended to'],
  ['`NO_COLOR`, `FORCE_COLOR`', 'Colours off, or on where there is no terminal'],
];

function exitCodeRows() {
  return Object.entries(exitCodes).map(([name, number]) => {
    const meaning = meanings[name];
    if (meaning === undefined)
      throw new Error(`scripts/reference/cli.js does not say what exit code ${name} means`);
    return [String(number), meaning];
  });
}

/** Commands that do something, in the order of the help. */
function leaves(command, help) {
  const children = help.visibleCommands(command).filter(({ _name: name }) => name !== 'help');
  return children.flatMap((child) => (child.commands.length > 0 ? leaves(child, help) : [child]));
}

function overview(commands) {
  const rows = commands.map((command) => {
    const path = pathOf(command);
    return [`[${code(path)}](#${path.replaceAll(' ', '-')})`, command.description()];
  });
  return table(['Command', 'What it does'], rows);
}

function section(command, help) {
  const words = help.visibleArguments(command);
  const options = help.visibleOptions(command).filter((option) => !isGeneral(option));
  const aliases = [command, command.parent].flatMap(({ _aliases: names }) => names ?? []);
  return [
    `## ${pathOf(command)}`,
    `${capital(command.description())}.`,
    fenced('', help.commandUsage(command)),
    aliases.length === 0 ? '' : `Short: ${aliases.map(code).join(', ')}.`,
    words.length === 0
      ? ''
      : table(
          ['Argument', 'Meaning'],
          words.map((word) => [code(word.name()), help.argumentDescription(word)]),
        ),
    options.length === 0 ? '' : optionTable(options, help),
  ];
}

function optionTable(options, help) {
  return table(
    ['Option', 'Meaning'],
    options.map((option) => [code(help.optionTerm(option)), help.optionDescription(option)]),
  );
}

function generalOptions(commands, help) {
  const all = commands.flatMap((command) => help.visibleOptions(command).filter(isGeneral));
  return [...new Map(all.map((option) => [option.flags, option])).values()];
}

const general = ['--no-color', '--debug', '--help'];

function isGeneral({ long }) {
  return general.includes(long);
}

function pathOf(command) {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Nothing is run and nothing is printed; only the tree is built. */
function documentingContext() {
  const stream = { write: () => undefined, isTTY: false, size: () => undefined };
  const style = openStyle(false, true);
  return {
    io: { programName: 'sluice', stdout: stream, stderr: stream, env: {} },
    out: style,
    err: style,
    isDebug: false,
    annotations: { say: () => undefined },
  };
}
