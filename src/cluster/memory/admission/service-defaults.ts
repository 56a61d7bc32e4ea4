import type { JsonObject } from '../../../api/json.ts';
import { mapItems, withDefaults } from './set-defaults.ts';

/** A Service's spec without what must be allocated: the cluster IP and node ports. */
export function serviceDefaults(spec: JsonObject): JsonObject {
  const typed = withDefaults(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (typed['type'] === 'ExternalName') return mapItems(typed, 'ports', portDefaults);
  const isOutside = typed['type'] === 'NodePort' || typed['type'] === 'LoadBalancer';
  const filled = withDefaults(typed, {
    internalTrafficPolicy: 'Cluster',
    ipFamilies: ['IPv4'],
    ipFamilyPolicy: 'SingleStack',
    ...(isOutside ? { externalTrafficPolicy: 'Cluster' } : {}),
    ...(typed['type'] === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}),
  });
  return mapItems(filled, 'ports', portDefaults);
}

function portDefaults(port: JsonObject): JsonObject {
  const filled = withDefaults(port, { protocol: 'TCP' });
  return withDefaults(filled, port['port'] === undefined ? {} : { targetPort: port['port'] });
}
