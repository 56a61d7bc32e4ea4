import { SluiceError } from '../../api/errors.ts';
import { isObject, type Json } from '../../api/json.ts';
import { lintQuestions } from '../../gate/judge/criteria.ts';
import { splitPolicy } from '../../gate/judge/split-policy.ts';
import type { InputFile } from '../../runner/session.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readInputFile } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';

export interface GateCompileFlags {
  readonly file: string;
  readonly output: 'yaml' | 'json';
}

/** Prints the criteria that a policy in plain text stands for, to be reviewed, given keys and kept in the repository. */
export async function gateCompile(flags: GateCompileFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const policy = policyText(await readInputFile(flags.file, io), context);
  if (policy === undefined) return exitCodes.refused;
  const split = splitPolicy(policy);
  if (!split.ok) throw new SluiceError('invalid', 'BadPolicy', `${flags.file}: ${split.message}`);
  for (const { path, message } of lintQuestions(split.criteria))
    io.stderr.write(`note: ${path}: ${cleanLine(message)}\n`);
  io.stdout.write(await objectText({ criteria: split.criteria }, flags.output));
  return exitCodes.succeeded;
}

/** `spec.policy` of a gate; of a file that is no YAML, all of it. Undefined when faults were printed. */
function policyText(file: InputFile, context: CommandContext): string | undefined {
  if (!/\.(?:ya?ml|json)$/.test(file.name)) return new TextDecoder().decode(file.bytes);
  const { documents, faults } = readDocuments(file.bytes, file.name);
  if (!printFaults(context, faults, [file], 'stderr')) return undefined;
  const policies = documents.flatMap(({ value }) => policyOf(value));
  const [only, ...others] = policies;
  if (only !== undefined && others.length === 0) return only;
  const what = only === undefined ? 'no gate with a `policy`' : 'several gates with a `policy`';
  throw new SluiceError('invalid', 'NoPolicy', `${file.name} holds ${what}`, {
    hint: 'Name a file with one kind: Gate that has spec.policy, or one of plain text.',
  });
}

function policyOf(value: Json): readonly string[] {
  const spec = isObject(value) && value['kind'] === 'Gate' ? value['spec'] : undefined;
  const policy = isObject(spec) ? spec['policy'] : undefined;
  return typeof policy === 'string' ? [policy] : [];
}
