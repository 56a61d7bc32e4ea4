import type { JsonObject } from '../../../api/json.ts';
import { objectAt, objectsAt } from '../../json-reading.ts';

const counted = ['cpu', 'memory'];

/** How the scheduler ranks a Pod by its requests and limits of CPU and memory. */
export function qosClass(spec: JsonObject): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...objectsAt(spec, 'containers'), ...objectsAt(spec, 'initContainers')];
  const resources = containers.map((container) => ({
    limits: objectAt(container, 'resources', 'limits'),
    requests: objectAt(container, 'resources', 'requests'),
  }));
  const isUnset = resources.every(({ limits, requests }) =>
    counted.every((name) => limits[name] === undefined && requests[name] === undefined),
  );
  if (isUnset) return 'BestEffort';
  const isGuaranteed = resources.every(({ limits, requests }) =>
    counted.every((name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name]),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
