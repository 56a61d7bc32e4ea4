import type { KubeObject } from '../../api/kube-object.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { conditionOf } from '../diagnosis/pod-view.ts';
import { isAtLeast, type Finding } from '../finding.ts';
import { textAt } from '../json-fields.ts';

/** One step from an object towards what may be the cause of its problem. */
export interface Link {
  readonly to: KubeObject;
  /** Between the two, as in `Deployment shop/web owns Pod shop/web-1`. */
  readonly verb: string;
  /** Which problems of `to` explain the one that is being explained. */
  accepts(finding: Finding): boolean;
}

export type LinkMaker = (
  object: KubeObject,
  snapshot: Snapshot,
  finding: Finding | undefined,
) => readonly Link[];

/** A link to each object there is; `ids` are the problems that explain. Absent: all that say how it does, and are no trifles. */
export function linksTo(
  objects: readonly (KubeObject | undefined)[],
  verb: string,
  ids?: readonly string[],
): readonly Link[] {
  const accepts = ({ id, category, severity }: Finding): boolean =>
    ids === undefined ? category === 'runtime' && isAtLeast(severity, 'medium') : ids.includes(id);
  return objects.flatMap((to) => (to === undefined ? [] : [{ to, verb, accepts }]));
}

/** A Pod that is ready explains nothing, whatever else is wrong with it. */
export function notReady(pods: readonly KubeObject[]): readonly KubeObject[] {
  return pods.filter((pod) => textAt(conditionOf(pod, 'Ready'), 'status') !== 'True');
}
