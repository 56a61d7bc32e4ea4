import { textAt } from '../../json-fields.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

const label = 'pod-security.kubernetes.io/enforce';

export const namespaceWithoutStandard: ObjectRule = {
  id: 'NamespaceWithoutPodSecurity',
  severity: 'low',
  category: 'isolation',
  reason: 'whoever may create Pods there can create privileged ones, and so owns the nodes',
  cis: '5.2.1',
  source: documented(
    'Pod Security admission: labels for namespaces',
    'concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces',
  ),
  kinds: ['Namespace'],
  check: (namespace) => {
    const level = textAt(namespace, 'metadata', 'labels', label);
    if (level === 'baseline' || level === 'restricted') return [];
    return [
      {
        fieldPath: `metadata.labels["${label}"]`,
        text: `The namespace ${level === 'privileged' ? 'allows privileged Pods' : 'enforces no Pod Security Standard, unless the cluster has a default'}.`,
        fix: `Label it ${label}: restricted, or baseline where programs are not ready for that.`,
      },
    ];
  },
};
