import { isObject, type JsonObject } from '../../../api/json.ts';
import { fieldAt, objectsAt, textAt, textsAt } from '../../json-fields.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

export const policyAllowsAll: ObjectRule = {
  id: 'NetworkPolicyAllowsEveryone',
  severity: 'low',
  category: 'exposure',
  reason: 'policies add up, so no other policy can take the permission back',
  source: documented(
    'Network policies: default policies',
    'concepts/services-networking/network-policies/#default-policies',
  ),
  kinds: ['NetworkPolicy.networking.k8s.io'],
  check: (policy) =>
    objectsAt(policy, 'spec', 'ingress')
      .map((rule, index) => ({ rule, index }))
      .filter(({ rule }) => isForEveryone(rule))
      .map(({ index }) => ({
        fieldPath: `spec.ingress[${index}]`,
        text: `Everyone may reach the Pods${index === 0 ? '' : ', whatever the other rules say'}: spec.ingress[${index}] names neither who nor which port.`,
        fix: `Name who may call in spec.ingress[${index}].from, and which port in ports.`,
      })),
};

/** A rule that leaves one port open to everyone is what a public program needs. */
function isForEveryone(rule: JsonObject): boolean {
  if (objectsAt(rule, 'ports').length > 0) return false;
  const from = objectsAt(rule, 'from');
  return from.length === 0 || from.some(isEveryone);
}

function isEveryone(peer: JsonObject): boolean {
  if (isObject(fieldAt(peer, 'ipBlock')))
    return textAt(peer, 'ipBlock', 'cidr').endsWith('/0') && textsAt(peer, 'ipBlock', 'except').length === 0;
  return false;
}
