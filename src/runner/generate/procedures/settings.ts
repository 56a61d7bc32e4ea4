import { objectAt, textAt } from '../../../analyze/json-fields.ts';
import type { Procedure } from '../procedure.ts';
import { named } from '../surroundings.ts';

export const configMap: Procedure = {
  name: 'config-map',
  description: 'settings that others mount with config: ConfigMap',
  words: ['config map', 'configmap'],
  required: ['name', 'data'],
  optional: [],
  make: (variables, namespace) => [
    named({ name: textAt(variables, 'name'), namespace }, 'v1', 'ConfigMap', {
      data: objectAt(variables, 'data'),
    }),
  ],
};

export const restrictedNamespace: Procedure = {
  name: 'namespace',
  description:
    'a place for others: Namespace that enforces restricted Pods, and denies traffic until it is allowed',
  words: ['namespace', 'name space'],
  required: ['name'],
  optional: [],
  make(variables) {
    const name = textAt(variables, 'name');
    const levels = ['enforce', 'warn', 'audit'].map((mode) => [
      `pod-security.kubernetes.io/${mode}`,
      'restricted',
    ]);
    return [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels: Object.fromEntries(levels) as Record<string, string> },
      },
      {
        ...named({ name: 'deny-all', namespace: name }, 'networking.k8s.io/v1', 'NetworkPolicy', {
          spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
        }),
        metadata: { name: 'deny-all', namespace: name },
      },
    ];
  },
};
