import type { JsonObject } from '../../../api/json.ts';
import { fieldAt, objectAt, objectsAt, textAt, textsAt } from '../../json-fields.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { isEmptySelector, selectorText } from '../selector-text.ts';
import type { Look } from '../look.ts';
import { podMakers, selectsPods } from '../selected-pods.ts';

/** A policy for all Pods that allows nothing is what every namespace should begin with. */
export const networkPolicy: Analyzer = {
  name: 'NetworkPolicy',
  judges: ['NetworkPolicy'],
  reads: podMakers,
  check: (look) => {
    const selector = objectAt(look.object, 'spec', 'podSelector');
    const problem = isEmptySelector(selector) ? open(look) : unused(look, selector);
    return problem === undefined ? [] : [problem];
  },
};

function open(look: Look): Problem | undefined {
  const types = textsAt(look.object, 'spec', 'policyTypes');
  if (types.length > 0 && !types.includes('Ingress')) return undefined;
  const index = objectsAt(look.object, 'spec', 'ingress').findIndex((rule) => isFromAll(rule));
  if (index < 0) return undefined;
  return {
    id: 'NetworkPolicyAllowsAll',
    severity: 'medium',
    category: 'exposure',
    fieldPath: `spec.ingress[${index}]`,
    text: 'The policy lets everyone reach every Pod of its namespace; rules of other policies can no longer keep anyone out.',
    fix: 'Name in spec.ingress who may connect, and to which Pods and ports.',
    k8sgpt: { text: `Network policy allows traffic to all pods: ${look.name}` },
  };
}

/** A rule without peers, or with all addresses, and without ports. */
function isFromAll(rule: JsonObject): boolean {
  const peers = objectsAt(rule, 'from');
  const isEveryone =
    (peers.length === 0 && isEmptyOrUnset(rule, 'from')) || peers.some((peer) => isAllAddresses(peer));
  return isEveryone && isEmptyOrUnset(rule, 'ports');
}

function isEmptyOrUnset(rule: JsonObject, field: string): boolean {
  const value = fieldAt(rule, field);
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function isAllAddresses(peer: JsonObject): boolean {
  const range = textAt(peer, 'ipBlock', 'cidr');
  return (range === '0.0.0.0/0' || range === '::/0') && textsAt(peer, 'ipBlock', 'except').length === 0;
}

function unused(look: Look, selector: JsonObject): Problem | undefined {
  if (selectsPods(look, selector) !== false) return undefined;
  return {
    id: 'NetworkPolicyWithoutPods',
    severity: 'medium',
    category: 'exposure',
    fieldPath: 'spec.podSelector',
    text: `The policy holds for nothing: no Pod and no Pod template of its namespace has ${selectorText(selector)}.`,
    fix: 'Correct spec.podSelector, or delete the policy.',
    k8sgpt: { text: `Network policy is not applied to any pods: ${look.name}` },
  };
}
