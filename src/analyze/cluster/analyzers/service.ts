import type { Severity } from '../../finding.ts';
import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { isParked } from '../parked-workload.ts';
import { choosesPods, endpointsOf } from '../service-endpoints.ts';
import { unknownPorts } from '../service-ports.ts';
import { podMakers, selectsNothingWritten } from '../written-endpoints.ts';

export const service: Analyzer = {
  name: 'Service',
  judges: ['Service'],
  reads: ['EndpointSlice', 'Event', 'Pod', ...podMakers, 'ScaledObject'],
  check: (look) => [...endpoints(look), ...unknownPorts(look), ...balancer(look), ...warnings(look)],
};

function endpoints(look: Look): readonly Problem[] {
  if (!choosesPods(look.object)) return [];
  if (selectsNothingWritten(look)) {
    const labels = selectorText(look);
    return [noEndpoints(labels, 'high', `No Pod template that is given has ${labels}.`)];
  }
  const known = endpointsOf(look, look.object);
  if (known === undefined) return [];
  const { isEmpty, isDown, late } = known;
  if (isEmpty) {
    const labels = selectorText(look);
    return [noEndpoints(labels, isParked(look) ? 'info' : 'high', `None with ${labels} has an address.`)];
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

function noEndpoints(labels: string, severity: Severity, because: string): Problem {
  return {
    id: 'NoEndpoints',
    severity,
    fieldPath: 'spec.selector',
    text: `No Pod stands behind the Service. ${because}`,
    fix: 'Correct the selector, or start Pods with these labels.',
    k8sgpt: { text: `Service has no endpoints, expected label ${labels}` },
  };
}

function selectorText(look: Look): string {
  return Object.keys(objectAt(look.object, 'spec', 'selector'))
    .map((key) => quoteText(`${key}=${textAt(look.object, 'spec', 'selector', key)}`, 130))
    .toSorted()
    .join(',');
}

/** Why it has no address outside is told by an event alone. */
function balancer(look: Look): readonly Problem[] {
  const event = look.events().findLast(({ reason }) => reason === balancerFailed);
  const isServed = objectsAt(look.object, 'status', 'loadBalancer', 'ingress').length > 0;
  if (event === undefined || isServed || textAt(look.object, 'spec', 'type') !== 'LoadBalancer') return [];
  const message = look.quote(event.message);
  return [
    {
      id: 'LoadBalancerPending',
      severity: 'high',
      fieldPath: 'status.loadBalancer',
      text: `The Service has no address outside of the cluster: ${message}`,
      fix: 'Correct what the message names: quotas, rights, subnets or annotations of the cloud.',
      evidence: [look.evidence(event)],
      k8sgpt: { text: `Service ${look.namespace}/${look.name} has event ${message}` },
    },
  ];
}

const balancerFailed = 'SyncLoadBalancerFailed';

function warnings(look: Look): readonly Problem[] {
  const told = balancer(look).length > 0 ? balancerFailed : '';
  const events = look
    .events()
    .filter(({ type, reason }) => !['', 'Normal'].includes(type) && reason !== told);
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
