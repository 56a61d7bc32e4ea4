import { SluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { dnsLabel } from '../../cluster/memory/admission/names.ts';
import type { ModelWish } from '../../runner/generate/model-answer.ts';
import { placeManifests } from '../../runner/generate/place-manifests.ts';
import { procedures } from '../../runner/generate/procedures.ts';
import { resolveWish, type Wish } from '../../runner/generate/resolve-wish.ts';
import type { CommandContext } from '../command-context.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import { exitCodes } from '../exit-code.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { askModel } from './ask-model.ts';
import { askPerson, sayWhatIsMissing } from './ask-person.ts';
import { doubtOf, readWish, variablesText, type GivenWish } from './wish.ts';

/** Manifests that are to be checked, shown, and perhaps applied. */
export interface Chosen {
  readonly manifests: readonly KubeObject[];
  /** A model wrote them: no procedure did. */
  readonly isFree: boolean;
  /** Words of the request that nothing was made of. */
  readonly unread: readonly string[];
}

/** What to make; the exit code where that has to be said first, and standard error says what. */
export async function chooseWhatToMake(
  request: string,
  flags: GenerateFlags,
  context: CommandContext,
): Promise<Chosen | number> {
  const { io, err } = context;
  const wish = readWish(request, flags);
  const namespace = flags.namespace ?? wish.namespace ?? 'default';
  const unfit = dnsLabel(namespace);
  if (unfit !== undefined)
    throw new SluiceError('invalid', 'BadOption', `the namespace is no name: ${cleanLine(unfit)}`);
  const read =
    isBeyondRules(wish) && request.trim() !== '' ? await askModel(request, flags, context) : undefined;
  if (typeof read === 'number') return read;
  if (read?.kind === 'question') {
    io.stderr.write(
      `${err.bold('question:')} ${cleanLine(read.text)}\nAsk again with the answer in the request.\n`,
    );
    return exitCodes.refused;
  }
  if (read?.kind === 'manifests')
    return { manifests: placeManifests(read.manifests, namespace), isFree: true, unread: [] };
  const doubt = read === undefined ? doubtOf(wish.request) : undefined;
  if (doubt !== undefined) {
    io.stderr.write(`${cleanLine(doubt)}\nSay it in other words, or with flags (sluice generate --list).\n`);
    return exitCodes.refused;
  }
  const understood = read === undefined ? wish : merged(wish, read, flags);
  const resolved = await askPerson(understood, context);
  if (resolved.kind === 'questions') return sayWhatIsMissing(resolved, understood.variables, context);
  const { procedure } = resolved;
  if (resolved.kind === 'faults') {
    for (const fault of resolved.faults) io.stderr.write(`${procedure.name}: ${cleanLine(fault)}\n`);
    return exitCodes.refused;
  }
  io.stderr.write(`${err.bold(procedure.name)}: ${cleanLine(variablesText(resolved.variables))}\n`);
  const unread = read === undefined ? wish.request.unused : [];
  sayUnread(unread, context);
  return { manifests: procedure.make(resolved.variables, namespace), isFree: false, unread };
}

export function sayUnread(words: readonly string[], { io, err }: CommandContext): void {
  if (words.length === 0) return;
  io.stderr.write(`${err.yellow(`not understood, and left out: ${cleanLine(words.join(', '))}`)}\n`);
}

function isBeyondRules(wish: GivenWish): boolean {
  return (
    doubtOf(wish.request) !== undefined ||
    wish.request.unused.length > 0 ||
    resolveWish(wish).kind === 'questions'
  );
}

/** What rules have read in plain words goes before what a model made of them, and flags go before both. */
function merged(
  { variables, given, request }: GivenWish,
  read: ModelWish & { readonly kind: 'procedure' },
  flags: GenerateFlags,
): Wish {
  const name = flags.procedure ?? read.procedure;
  const procedure = procedures.find((each) => each.name === name);
  const known = new Set<string>([...(procedure?.required ?? []), ...(procedure?.optional ?? [])]);
  const said = Object.entries(variables).filter(
    ([each]) => request.turned === undefined && !request.contradictory.includes(each) && known.has(each),
  );
  return { procedures: [name], variables: { ...read.variables, ...Object.fromEntries(said), ...given } };
}
