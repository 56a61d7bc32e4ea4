import type { JsonObject } from '../../../api/json.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../../json-reading.ts';
import type { PodSeed } from '../pods/pod-course.ts';
import { seedFromTemplate } from '../pods/seed-from-template.ts';
import type { PodSet, Revision, SetOwner, SetPod } from './pod-set.ts';

/** What decides everything that happens to a Pod of a set. */
export function podSeedOf(set: PodSet, pod: SetPod, owner: SetOwner): PodSeed {
  const revision = set.revisions.find(({ hash }) => hash === pod.revision);
  const isStateful = set.kind === 'StatefulSet';
  const template = revision?.template ?? {};
  const labels = {
    ...textsAt(template, 'metadata', 'labels'),
    ...(isStateful ? statefulLabels(pod, owner) : daemonLabels(pod, revision)),
  };
  const outcomes = revision?.outcomes ?? {};
  const spec = objectAt(template, 'spec');
  return seedFromTemplate(
    pod,
    { ...owner, apiVersion: 'apps/v1', kind: set.kind, template, labels, outcomes },
    isStateful ? withIdentity(spec, set.spec, pod, owner) : spec,
  );
}

function statefulLabels(pod: SetPod, owner: SetOwner): Readonly<Record<string, string>> {
  return {
    'apps.kubernetes.io/pod-index': String(pod.ordinal),
    'controller-revision-hash': `${owner.name}-${pod.revision}`,
    'statefulset.kubernetes.io/pod-name': pod.name,
  };
}

function daemonLabels(pod: SetPod, revision: Revision | undefined): Readonly<Record<string, string>> {
  return {
    'controller-revision-hash': pod.revision,
    'pod-template-generation': String(revision?.generation ?? 1),
  };
}

/** A name of its own in DNS, and the volumes of its own claims. */
function withIdentity(spec: JsonObject, setSpec: JsonObject, pod: SetPod, owner: SetOwner): JsonObject {
  const claims = objectsAt(setSpec, 'volumeClaimTemplates').map((template) =>
    textAt(template, 'metadata', 'name'),
  );
  const volumes = [
    ...objectsAt(spec, 'volumes').filter((volume) => !claims.includes(textAt(volume, 'name'))),
    ...claims.map((name) => ({
      name,
      persistentVolumeClaim: { claimName: `${name}-${owner.name}-${pod.ordinal}` },
    })),
  ];
  const subdomain = textAt(setSpec, 'serviceName');
  return {
    ...spec,
    hostname: pod.name,
    ...(subdomain === '' ? {} : { subdomain }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}
