import type { RunView } from '../../engine/view.ts';
import type { StoredVerdict } from '../../gate/verdict-store.ts';
import type { Backend } from '../../runner/backend.ts';
import { allSteps } from '../render/plain-lines.ts';

/** The verdicts that the gates of a run have come to, in the order of their steps; those of earlier attempts are left out. */
export async function verdictsOfRun(
  { verdicts }: Pick<Backend, 'verdicts'>,
  { namespace, steps }: RunView,
): Promise<readonly StoredVerdict[]> {
  const ids = allSteps(steps).flatMap(({ notes }) => notes?.verdict?.id ?? []);
  const found = await Promise.all(ids.map((id) => verdicts.get(namespace, id)));
  return found.filter((each) => each !== undefined);
}
