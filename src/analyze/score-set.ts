import type { Finding, FindingObject } from './finding.ts';
import { score, type Score } from './score.ts';

export interface SetScore {
  /** The score of the worst object, 0 to 100: a set is as safe as its weakest part. */
  readonly worst: number;
  /** The mean of all objects, rounded down. */
  readonly total: number;
  /** Worst first; of equals in the order given. */
  readonly objects: readonly (Score & { readonly object: FindingObject })[];
}

/** The score of each of `objects` by the findings about it; undefined for no objects, which is not the same as being sound. */
export function scoreObjects(
  objects: readonly FindingObject[],
  findings: readonly Finding[],
): SetScore | undefined {
  const byObject = Map.groupBy(findings, ({ object }) => keyOf(object));
  const scored = objects
    .map((object) => ({ object, ...score(byObject.get(keyOf(object)) ?? []) }))
    .toSorted((a, b) => a.score - b.score);
  const [worst] = scored;
  if (worst === undefined) return undefined;
  const sum = scored.reduce((total, each) => total + each.score, 0);
  return { worst: worst.score, total: Math.floor(sum / scored.length), objects: scored };
}

function keyOf({ cluster, apiVersion, kind, namespace = '', name }: FindingObject): string {
  return [cluster, apiVersion, kind, namespace, name].join('\n');
}
