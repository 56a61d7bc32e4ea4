import type { JsonObject } from '../../../api/json.ts';
import { conditionOf } from '../../diagnosis/pod-view.ts';
import { flagAt, objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { sinceMs } from '../rollout-grace.ts';

export const service: Analyzer = {
  name: 'Service',
  judges: ['Service'],
  reads: ['EndpointSlice', 'Event', 'Pod'],
  check: (look) => [...endpoints(look), ...warnings(look)],
};

/** The endpoint controllers and the first probes of a Pod need a moment. */
const settlingMs = 60_000;

function endpoints(look: Look): readonly Problem[] {
  const selector = Object.entries(objectAt(look.object, 'spec', 'selector'));
  if (selector.length === 0 || textAt(look.object, 'spec', 'type') === 'ExternalName') return [];
  const slices = look.slices();
  if (slices === undefined) return [];
  const all = slices.flatMap((slice) => objectsAt(slice, 'endpoints'));
  const staying = all.filter((endpoint) => flagAt(endpoint, 'conditions', 'terminating') !== true);
  if (staying.length === 0) {
    if (sinceMs(look, textAt(look.object, 'metadata', 'creationTimestamp')) < settlingMs) return [];
    const labels = selector
      .map(([key]) => quoteText(`${key}=${textAt(look.object, 'spec', 'selector', key)}`, 130))
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
  const waiting = staying.filter((endpoint) => flagAt(endpoint, 'conditions', 'ready') === false);
  const late = waiting.filter((endpoint) => !isSettling(look, endpoint));
  if (late.length === 0) return [];
  const names = [...new Set(late.map((endpoint) => targetOf(endpoint)))].toSorted();
  const isDown = waiting.length === staying.length;
  return [
    {
      id: 'EndpointsNotReady',
      severity: isDown ? 'critical' : 'medium',
      text: `${isDown ? 'None' : 'Not all'} of the Pods behind the Service are ready: ${names.slice(0, 10).join(', ')}.`,
      fix: 'Look at the Pods that are not ready.',
      k8sgpt: {
        text: `Service has not ready endpoints, pods: [${names.join(' ')}], expected ${names.length}`,
      },
    },
  ];
}

/** A Pod of a rollout is not ready at first. */
function isSettling(look: Look, endpoint: JsonObject): boolean {
  if (textAt(endpoint, 'targetRef', 'kind') !== 'Pod') return false;
  const pod = look.find('Pod', look.namespace, textAt(endpoint, 'targetRef', 'name'));
  if (pod === undefined || pod === 'absent') return false;
  return sinceMs(look, textAt(conditionOf(pod, 'Ready'), 'lastTransitionTime')) < settlingMs;
}

function targetOf(endpoint: JsonObject): string {
  const name = textAt(endpoint, 'targetRef', 'name');
  return name === ''
    ? 'an address without a Pod'
    : quoteText(`${textAt(endpoint, 'targetRef', 'kind')}/${name}`, 300);
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
