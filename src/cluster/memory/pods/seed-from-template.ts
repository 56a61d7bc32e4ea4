import type { Json, JsonObject } from '../../../api/json.ts';
import { objectAt } from '../../json-reading.ts';
import { runningPodDefaults } from '../admission/pod-defaults.ts';
import { controllerReference } from '../owner-reference.ts';
import type { PodSeed } from './pod-course.ts';

/** What a Pod of a Job, a ReplicaSet or a set is made of. */
export interface PodMaker extends Pick<PodSeed, 'namespace' | 'outcomes' | 'revision'> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly template: JsonObject;
  /** Those of the template, with what the controller adds; absent where there are none. */
  readonly labels: Json | undefined;
}

/** The seed of a Pod that a controller makes; `spec` is that of the template unless the Pod has one of its own. */
export function seedFromTemplate(
  { name, uid, createdMs, slot }: Pick<PodSeed, 'name' | 'uid' | 'createdMs' | 'slot'>,
  maker: PodMaker,
  spec: JsonObject = objectAt(maker.template, 'spec'),
): PodSeed {
  const { annotations } = objectAt(maker.template, 'metadata');
  const { namespace, outcomes, revision, labels } = maker;
  return {
    name,
    uid,
    createdMs,
    slot,
    namespace,
    metadata: {
      generateName: `${maker.name}-`,
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(maker.apiVersion, maker.kind, maker)],
    },
    spec: runningPodDefaults(spec),
    outcomes,
    revision,
  };
}
