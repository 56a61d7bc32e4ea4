import type { KubeObject } from '../../api/kube-object.ts';
import { flagAt, textAt } from '../json-fields.ts';
import { namespaceOf, type ObjectSet } from '../object-set.ts';
import { workloadOf } from '../pod-template.ts';

/** Whether another object of the set makes the finding untrue: the fields that are missed stand there. */
export function isSettled(rule: string, object: KubeObject, set: ObjectSet): boolean {
  switch (rule) {
    case 'ServiceAccountTokenMounted':
      return accountTurnsTokenOff(object, set);
    case 'SingleReplica':
      // The number stands in the autoscaler, which has rules of its own.
      return set.autoscalersOf(object).length > 0;
    default:
      return false;
  }
}

/** What a Pod says goes before what its account says. */
function accountTurnsTokenOff(object: KubeObject, set: ObjectSet): boolean {
  const podSpec = workloadOf(object)?.podSpec;
  if (flagAt(podSpec, 'automountServiceAccountToken') === true) return false;
  const name = textAt(podSpec, 'serviceAccountName') || 'default';
  const account = set.find('ServiceAccount', namespaceOf(object), name);
  return flagAt(account, 'automountServiceAccountToken') === false;
}
