import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { podSecurity } from '../source.ts';

const handlers = [
  ['livenessProbe'],
  ['readinessProbe'],
  ['startupProbe'],
  ['lifecycle', 'postStart'],
  ['lifecycle', 'preStop'],
].flatMap((path) => [
  [...path, 'httpGet', 'host'],
  [...path, 'tcpSocket', 'host'],
]);

export const probeOfOtherHost: WorkloadRule = {
  id: 'ProbeOfOtherHost',
  severity: 'medium',
  category: 'isolation',
  reason:
    'the kubelet sends the request from the node, so a Pod can make it ask what the Pod itself cannot reach',
  ...podSecurity('baseline', 'Host Probes / Lifecycle Hooks'),
  check: perContainer((container) => {
    const path = handlers.find((each) => textAt(container.spec, ...each) !== '');
    if (path === undefined) return undefined;
    const fieldPath = `${container.path}.${path.join('.')}`;
    return {
      fieldPath,
      text: `A probe or hook of container "${container.name}" asks another host than the Pod: ${quoteText(textAt(container.spec, ...path), 100)}.`,
      fix: `Ask the Pod itself: remove ${fieldPath}.`,
    };
  }),
};
