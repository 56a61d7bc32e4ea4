import type { Finding } from '../finding.ts';
import type { Subject } from './subject.ts';
import { objectAt, textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { namespaceFlag, runtimeFinding } from './subject.ts';
import { commandWord } from '../command-word.ts';
import { conditionOf } from './pod-view.ts';

/** A Service that chooses Pods but has none to send traffic to. */
export function serviceEndpoints(subject: Subject): readonly Finding[] {
  const { endpoints, pods, object } = subject.state;
  if (endpoints === undefined || endpoints.ready > 0) return [];
  const ready = pods.filter((pod) => textAt(conditionOf(pod, 'Ready'), 'status') === 'True');
  // A cluster without an endpoints controller shows neither kind of object; then the Pods themselves say it.
  if (endpoints.source === 'none' && ready.length > 0) return [];
  const chosen = objectAt(object, 'spec', 'selector');
  const selector = Object.keys(chosen).map((key) => `${key}=${textAt(chosen, key)}`);
  const shown = quoteText(selector.join(','), 300);
  const commands = [
    `kubectl${namespaceFlag(subject.ref)} get pods -l ${commandWord(selector.join(','))} --show-labels`,
  ];
  if (pods.length === 0) {
    const unknown = subject.state.notChecked.some((text) => text.startsWith('cannot list Pod'));
    return [
      runtimeFinding(subject, 'ServiceWithoutEndpoints', 'critical', {
        fieldPath: 'spec.selector',
        text: unknown
          ? 'The Service has no endpoints; its Pods could not be read.'
          : `The Service has no endpoints: no Pod in its namespace has the labels ${shown}.`,
        fix: 'Make spec.selector agree with the labels of the Pod template that it should serve, or start that workload.',
        evidence: [
          {
            source: endpoints.source === 'none' ? 'Pods of the namespace' : endpoints.source,
            text: '0 ready, 0 not ready',
          },
        ],
        commands,
      }),
    ];
  }
  return [
    runtimeFinding(subject, 'ServiceWithoutEndpoints', 'critical', {
      fieldPath: 'spec.selector',
      text: `The Service has no ready endpoints: ${pods.length} ${pods.length === 1 ? 'Pod has' : 'Pods have'} the labels ${shown}, and ${ready.length === 0 ? 'none is ready' : 'none is taken up as an endpoint'}.`,
      fix: 'Make the Pods ready; the Service follows by itself.',
      evidence: [
        { source: endpoints.source, text: `${endpoints.ready} ready, ${endpoints.notReady} not ready` },
      ],
      commands,
    }),
  ];
}
