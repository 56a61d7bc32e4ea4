import type { KubeObject } from '../../api/kube-object.ts';
import { flagAt, numberAt, textAt } from '../json-fields.ts';
import { nameOf } from '../object-name.ts';
import { namespaceOf, type ObjectSet } from '../object-set.ts';
import { workloadOf } from '../pod-template.ts';

/** Whether another object of the set makes the finding untrue: the fields that are missed stand there. */
export function isSettled(rule: string, object: KubeObject, set: ObjectSet): boolean {
  switch (rule) {
    case 'ServiceAccountTokenMounted':
      return accountTurnsTokenOff(object, set);
    case 'SingleReplica':
      return autoscalersOf(object, set).some((each) => (numberAt(each, 'spec', 'minReplicas') ?? 1) > 1);
    default:
      return false;
  }
}

/** The autoscalers of the set that change the replicas of an object. */
export function autoscalersOf(object: KubeObject, set: ObjectSet): readonly KubeObject[] {
  return set
    .ofKind('HorizontalPodAutoscaler.autoscaling')
    .filter(
      (each) =>
        namespaceOf(each) === namespaceOf(object) &&
        textAt(each, 'spec', 'scaleTargetRef', 'kind') === object.kind &&
        textAt(each, 'spec', 'scaleTargetRef', 'name') === nameOf(object),
    );
}

/** What a Pod says goes before what its account says. */
function accountTurnsTokenOff(object: KubeObject, set: ObjectSet): boolean {
  const podSpec = workloadOf(object)?.podSpec;
  if (flagAt(podSpec, 'automountServiceAccountToken') === true) return false;
  const name = textAt(podSpec, 'serviceAccountName') || 'default';
  const account = set.find('ServiceAccount', namespaceOf(object), name);
  return flagAt(account, 'automountServiceAccountToken') === false;
}
