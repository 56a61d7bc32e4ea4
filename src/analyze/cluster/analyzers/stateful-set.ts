import { conditionOf } from '../../diagnosis/pod-view.ts';
import { progressOf } from '../../diagnosis/rollout-progress.ts';
import { objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { missing, present } from '../reference.ts';
import { isInGrace } from '../rollout-grace.ts';

export const statefulSet: Analyzer = {
  name: 'StatefulSet',
  judges: ['StatefulSet'],
  reads: ['Service', 'StorageClass', 'Pod', 'Event'],
  check: (look) => present([service(look), ...storageClasses(look), replicas(look)]),
};

/** A StatefulSet may have no governing Service. */
function service(look: Look): Problem | undefined {
  const name = textAt(look.object, 'spec', 'serviceName');
  if (name === '') return undefined;
  return missing(look, { kind: 'Service', namespace: look.namespace, name }, () => ({
    id: 'ServiceMissing',
    severity: 'high',
    fieldPath: 'spec.serviceName',
    text: `There is no Service ${quoteText(name, 63)}: the Pods have no names of their own in DNS.`,
    fix: 'Make a headless Service of that name.',
    k8sgpt: {
      text: `StatefulSet uses the service ${look.namespace}/${quoteText(name, 63)} which does not exist.`,
    },
  }));
}

function storageClasses(look: Look): readonly (Problem | undefined)[] {
  return objectsAt(look.object, 'spec', 'volumeClaimTemplates').map((claim, index) => {
    const name = textAt(claim, 'spec', 'storageClassName');
    if (name === '') return undefined;
    return missing(look, { kind: 'StorageClass', namespace: '', name }, () => ({
      id: 'StorageClassMissing',
      severity: 'high',
      fieldPath: `spec.volumeClaimTemplates[${index}].spec.storageClassName`,
      text: `There is no StorageClass ${quoteText(name, 253)}.`,
      fix: 'Name a StorageClass that the cluster has, or none for the default one.',
      k8sgpt: { text: `StatefulSet uses the storage class ${quoteText(name, 253)} which does not exist.` },
    }));
  });
}

function replicas(look: Look): Problem | undefined {
  const progress = progressOf(look.object);
  if (progress === undefined || progress.wanted === progress.available || isInGrace(look, progress))
    return undefined;
  const { wanted, available } = progress;
  const pods = look.ownPods();
  const waiting = pods.find((pod) => textAt(conditionOf(pod, 'Ready'), 'status') !== 'True');
  const isFirstThere = pods.some((pod) => textAt(pod, 'metadata', 'name') === `${look.name}-0`);
  const warning = isFirstThere ? undefined : look.events().findLast((event) => event.type !== 'Normal');
  const peer =
    warning === undefined
      ? waiting &&
        `Statefulset pod ${textAt(waiting, 'metadata', 'name')} in the namespace ${look.namespace} is not in running state.`
      : look.quote(warning.message);
  return {
    id: 'ReplicasUnavailable',
    severity: available === 0 ? 'critical' : 'high',
    fieldPath: 'spec.replicas',
    text: `${available} of ${wanted} replicas are available.`,
    fix: 'Look at the first Pod that is missing or not ready: those after it wait for it.',
    evidence: warning === undefined ? [] : [look.evidence(warning)],
    ...(peer === undefined ? {} : { k8sgpt: { text: peer } }),
  };
}
