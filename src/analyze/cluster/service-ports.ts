import type { KubeObject } from '../../api/kube-object.ts';
import { objectsAt, textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { workloadOf } from '../pod-template.ts';
import type { Problem } from './analyzer.ts';
import type { Look } from './look.ts';

/** Ports of a Service that lead to a name which no container of its Pods has: behind these there is nothing. */
export function unknownPorts(look: Look): readonly Problem[] {
  const named = objectsAt(look.object, 'spec', 'ports')
    .map((port, index) => ({ name: textAt(port, 'targetPort'), index }))
    .filter(({ name }) => name !== '');
  if (named.length === 0) return [];
  const pods = look.selectedPods(look.object) ?? [];
  if (pods.length === 0) return [];
  const known = new Set(pods.flatMap((pod) => portNames(pod)));
  return named
    .filter(({ name }) => !known.has(name))
    .map(({ name, index }) => ({
      id: 'PortNameUnknown',
      severity: 'high',
      fieldPath: `spec.ports[${index}].targetPort`,
      text: `No container of the Pods behind the Service has a port named ${quoteText(name, 63)}.`,
      fix: 'Name the port so in the Pod template, or set targetPort to its number.',
    }));
}

function portNames(pod: KubeObject): readonly string[] {
  return (workloadOf(pod)?.containers ?? []).flatMap(({ spec }) =>
    objectsAt(spec, 'ports').map((port) => textAt(port, 'name')),
  );
}
