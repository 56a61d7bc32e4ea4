import type { KubeObject } from '../../api/kube-object.ts';
import { resolveWish, type Question, type Resolved, type Wish } from '../../runner/generate/resolve-wish.ts';
import type { CommandContext } from '../command-context.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { flagOf, valueOfLine } from './parameter-flags.ts';
import { doubtOf, questionText, readWish, variablesText } from './wish.ts';

/** Manifests that are to be checked, shown, and perhaps applied. */
export interface Chosen {
  readonly manifests: readonly KubeObject[];
}

/** What to make; undefined where that has to be said first, and standard error says what. */
export async function chooseWhatToMake(
  request: string,
  flags: GenerateFlags,
  context: CommandContext,
): Promise<Chosen | undefined> {
  const { io, err } = context;
  const wish = readWish(request, flags);
  const doubt = doubtOf(wish.request);
  if (doubt !== undefined) {
    io.stderr.write(`${cleanLine(doubt)}\nSay it in other words, or with flags (sluice generate --list).\n`);
    return undefined;
  }
  const resolved = await askPerson(wish, context);
  if (resolved.kind === 'questions') return sayWhatIsMissing(resolved, context);
  const { procedure } = resolved;
  if (resolved.kind === 'faults') {
    for (const fault of resolved.faults) io.stderr.write(`${procedure.name}: ${cleanLine(fault)}\n`);
    return undefined;
  }
  io.stderr.write(`${err.bold(procedure.name)}: ${cleanLine(variablesText(resolved.variables))}\n`);
  const { unused } = wish.request;
  if (unused.length > 0)
    io.stderr.write(err.yellow(`not understood, and left out: ${cleanLine(unused.join(', '))}\n`));
  const namespace = flags.namespace ?? wish.namespace ?? 'default';
  return { manifests: procedure.make(resolved.variables, namespace) };
}

/** Asks where someone can answer; an empty line ends the questions. */
async function askPerson(wish: Wish, { io }: CommandContext): Promise<Resolved> {
  let current = wish;
  let resolved = resolveWish(current);
  while (io.readLine !== undefined && resolved.kind === 'questions') {
    const [question] = resolved.questions;
    if (question === undefined) return resolved;
    // oxlint-disable-next-line no-await-in-loop -- one question after the other
    const line = (await io.readLine(`${questionText(question)}: `)).trim();
    if (line === '') return resolved;
    current = answered(current, question, line);
    resolved = resolveWish(current);
  }
  return resolved;
}

function answered(wish: Wish, { about }: Question, line: string): Wish {
  if (about === 'procedure') return { ...wish, procedures: [line] };
  return { ...wish, variables: { ...wish.variables, [about]: valueOfLine(about, line) } };
}

function sayWhatIsMissing(
  { why, questions, procedure }: Resolved & { readonly kind: 'questions' },
  { io, err }: CommandContext,
): undefined {
  const about = procedure === undefined ? '' : ` for ${procedure.name}`;
  const titles = {
    none: 'Nothing that can be made fits the request.',
    several: 'More than one thing fits the request.',
    missing: `More has to be said${about}:`,
  };
  io.stderr.write(`${titles[why]}\n`);
  for (const question of questions) {
    const flag = question.about === 'procedure' ? '--procedure' : flagOf(question.about);
    io.stderr.write(`  ${err.bold(flag)}  ${cleanLine(questionText(question))}\n`);
  }
  if (why === 'none') io.stderr.write('See sluice generate --list.\n');
  return undefined;
}
