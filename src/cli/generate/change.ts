import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { describeRef, refOf } from '../../analyze/object-name.ts';
import { changeable, changeManifests } from '../../runner/generate/change-manifests.ts';
import { placeManifests } from '../../runner/generate/place-manifests.ts';
import { shownObject } from '../../runner/generate/shown-object.ts';
import { readGivenObjects } from '../analyze/given-objects.ts';
import type { CommandContext } from '../command-context.ts';
import type { GenerateFlags } from '../commands/generate.ts';
import { exitCodes } from '../exit-code.ts';
import { readReadableFiles } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { sayUnread, type Chosen } from './choose.ts';
import { diffText } from './diff-text.ts';
import { flagOf } from './parameter-flags.ts';
import { doubtOf, readWish, variablesText } from './wish.ts';

const hardening = /^(?:secure|secured|harden|hardened|restrict|restricted)$/i;
/** Words of a request for a change that say nothing by themselves. */
const fillers = /^(?:change|update|set|use|upgrade|scale|bump|pods?)$/i;

/** Manifests that others wrote, changed by fixed rules as the request and the flags say; a model is not asked. */
export async function changeFiles(
  names: readonly string[],
  request: string,
  flags: GenerateFlags,
  context: CommandContext,
): Promise<Chosen | number> {
  const { io, err } = context;
  const wish = readWish(request, flags);
  const doubt = doubtOf(wish.request);
  const words = request.split(/[\s,.;:]+/);
  const isHardened = words.some((word) => hardening.test(word));
  const { name: _name, ...changes } = wish.variables;
  if (doubt !== undefined || (Object.keys(changes).length === 0 && !isHardened)) {
    const flagNames = changeable.map(flagOf).join(', ');
    io.stderr.write(
      `${cleanLine(doubt ?? 'Say what to change')}: with ${flagNames}, or with the word "secure".\n`,
    );
    return exitCodes.refused;
  }
  const { files, faults: notRead } = await readReadableFiles(names, io);
  const { given, faults } = readGivenObjects(files, flags.namespace ?? wish.namespace ?? 'default');
  if (!printFaults(context, [...notRead, ...faults], [], 'stderr')) return exitCodes.refused;
  const manifests = withoutSecrets(
    given.map(({ object }) => object),
    context,
  );
  const changed = changeManifests(manifests, { variables: wish.variables, isHardened });
  if (!changed.ok) {
    for (const fault of changed.faults) io.stderr.write(`${cleanLine(fault)}\n`);
    return exitCodes.refused;
  }
  io.stderr.write(`${err.bold('change')}: ${cleanLine(saidText(changes, isHardened))}\n`);
  const unread = wish.request.unused.filter((word) => !hardening.test(word) && !fillers.test(word));
  sayUnread(unread, context);
  io.stderr.write(await diffText(changesOf(manifests, changed.manifests), err));
  return { manifests: placeManifests(changed.manifests, 'default'), isFree: false, unread };
}

/** What became of each manifest, in the same order. */
function changesOf(
  before: readonly KubeObject[],
  after: readonly KubeObject[],
): Parameters<typeof diffText>[0] {
  return after.map((manifest, index) => {
    const former = before[index] ?? manifest;
    return {
      manifest,
      kind: manifest === former ? 'same' : 'changed',
      before: shownObject(former),
      after: shownObject(manifest, former),
    };
  });
}

/** Their values would be printed. */
function withoutSecrets(objects: readonly KubeObject[], { io }: CommandContext): readonly KubeObject[] {
  for (const object of objects)
    if (object.kind === 'Secret')
      io.stderr.write(
        `${cleanLine(describeRef(refOf(object, '')))} is left out: its values would be shown\n`,
      );
  return objects.filter(({ kind }) => kind !== 'Secret');
}

function saidText(changes: JsonObject, isHardened: boolean): string {
  return [variablesText(changes), isHardened ? 'secure' : ''].filter((part) => part !== '').join(' ');
}
