import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { auditObjects } from '../../src/analyze/audit-set.ts';
import { knownAnalyzers } from '../../src/analyze/cluster/known-analyzers.ts';
import { brokenState } from '../analyze/cluster/broken-state.ts';
import { analyze } from '../analyze/cluster/objects.ts';
import { ruleManifests } from '../analyze/rule-manifests.ts';
import { formCount, leakyText } from './leak-forms.ts';
import { leaksIn } from './leaks-in.ts';
import { Canaries } from './scene.ts';

/** Names are shown as they are: who looks for an object needs its name. */
const isName = /^(?:apiVersion|kind|namespace|uid|creationTimestamp|.*[nN]ame)$/;

type Objects = readonly KubeObject[];

/** The objects once for each text in them that is no name, with a secret in that one text. */
function* spoilt(
  objects: Objects,
  leaky: (slot: string) => string,
): Generator<readonly [slot: string, Objects]> {
  const paths: (readonly string[])[] = [];
  const collect = (value: Json, path: readonly string[]): void => {
    if (typeof value === 'string' && !isName.test(path.at(-1) ?? '')) paths.push(path);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) collect(item, [...path, key]);
  };
  collect(objects as unknown as Json, []);
  for (const path of paths) {
    const copy = structuredClone(objects) as unknown as JsonObject;
    const owner = path.slice(0, -1).reduce((value, key) => value[key] as JsonObject, copy) as Record<
      string,
      Json
    >;
    const slot = path.join('.');
    owner[path.at(-1) ?? ''] = leaky(slot);
    yield [slot, copy as unknown as Objects];
  }
}

/** What leaks of all that is said of the objects, one text after the other being spoilt. */
async function leaksOf(
  objects: Objects,
  say: (objects: Objects) => Promise<unknown>,
): Promise<readonly string[]> {
  const found: string[] = [];
  // The next text has the next form: in all, each form stands in each kind of text.
  for (let form = 0; form < formCount; form += 9) {
    const planted = new Canaries('Cnry');
    for (const [, state] of spoilt(objects, leakyText(planted, form)))
      // oxlint-disable-next-line no-await-in-loop -- one state after the other
      found.push(...leaksIn(planted, JSON.stringify(await say(state))));
  }
  return found;
}

test.each(ruleManifests().map(({ id, flagged }) => [id, flagged] as const))(
  'no rule of an audit quotes a secret: %s',
  async (_, flagged) => {
    expect(await leaksOf(flagged, async (objects) => auditObjects(objects, { isWhole: true }))).toEqual([]);
  },
);

test('no analyzer quotes a secret', async () => {
  expect(
    await leaksOf(brokenState, async (objects) => analyze(objects, { analyzers: knownAnalyzers })),
  ).toEqual([]);
}, 120_000);
