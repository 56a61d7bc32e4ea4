import { resolveWish, type Question, type Resolved, type Wish } from '../../runner/generate/resolve-wish.ts';
import type { JsonObject } from '../../api/json.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { commandLine } from './command-line.ts';
import { flagOf, valueOfLine } from './parameter-flags.ts';
import { questionText, variablesText } from './wish.ts';

/** Asks for what is missing where someone can answer; an empty line ends the questions. */
export async function askPerson(wish: Wish, { io }: CommandContext): Promise<Resolved> {
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

/** Prints the questions with the flags that answer them. Returns the exit code. */
export function sayWhatIsMissing(
  { why, questions, procedure }: Resolved & { readonly kind: 'questions' },
  understood: JsonObject,
  { io, err }: CommandContext,
): number {
  const about = procedure === undefined ? '' : ` for ${procedure.name}`;
  const titles = {
    none: 'Nothing that can be made fits the request.',
    several: 'More than one thing fits the request.',
    unsaid: 'The request does not say what is to be made.',
    missing: `More has to be said${about}:`,
  };
  if (Object.keys(understood).length > 0)
    io.stderr.write(`understood: ${cleanLine(variablesText(understood))}\n`);
  io.stderr.write(`${titles[why]}\n`);
  for (const question of questions) {
    const flag = question.about === 'procedure' ? '--procedure' : flagOf(question.about);
    io.stderr.write(`  ${err.bold(flag)}  ${cleanLine(questionText(question))}\n`);
  }
  const name = procedure?.name ?? questions[0]?.choices?.[0];
  if (why === 'none' || name === undefined) io.stderr.write('See sluice generate --list.\n');
  else io.stderr.write(`such as: ${cleanLine(commandLine(name, understood, questions, io))}\n`);
  return exitCodes.refused;
}
