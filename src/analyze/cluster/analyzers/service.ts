import { objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { endpointsOf } from '../service-endpoints.ts';

export const service: Analyzer = {
  name: 'Service',
  judges: ['Service'],
  reads: ['EndpointSlice', 'Event', 'Pod'],
  check: (look) => [...endpoints(look), ...warnings(look)],
};

function endpoints(look: Look): readonly Problem[] {
  const known = endpointsOf(look, look.object);
  if (known === undefined) return [];
  const { isEmpty, isDown, late } = known;
  if (isEmpty) {
    const labels = Object.keys(objectAt(look.object, 'spec', 'selector'))
      .map((key) => quoteText(`${key}=${textAt(look.object, 'spec', 'selector', key)}`, 130))
      .toSorted()
      .join(',');
    return [
      {
        id: 'NoEndpoints',
        severity: 'high',
        fieldPath: 'spec.selector',
        text: `No Pod stands behind the Service: none with ${labels} has an address.`,
        fix: 'Correct the selector, or start Pods with these labels.',
        k8sgpt: { text: `Service has no endpoints, expected label ${labels}` },
      },
    ];
  }
  if (late.length === 0) return [];
  return [
    {
      id: 'EndpointsNotReady',
      severity: isDown ? 'critical' : 'medium',
      text: `${isDown ? 'None' : 'Not all'} of the Pods behind the Service are ready: ${late.slice(0, 10).join(', ')}.`,
      fix: 'Look at the Pods that are not ready.',
      k8sgpt: {
        text: `Service has not ready endpoints, pods: [${late.join(' ')}], expected ${late.length}`,
      },
    },
  ];
}

function warnings(look: Look): readonly Problem[] {
  const events = look.events().filter((event) => event.type !== '' && event.type !== 'Normal');
  const newest = new Map(events.map((event) => [event.reason, event]));
  return [...newest.values()].map((event) => ({
    id: 'ServiceWarning',
    severity: 'low' as const,
    fieldPath: `events{${quoteText(event.reason, 60)}}`,
    text: `A controller warns of the Service: ${look.quote(event.message)}`,
    fix: 'Correct what the message names.',
    evidence: [look.evidence(event)],
    k8sgpt: { text: `Service ${look.namespace}/${look.name} has event ${look.quote(event.message)}` },
  }));
}
