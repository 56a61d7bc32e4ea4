import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { conditionOf } from '../diagnosis/pod-view.ts';
import { flagAt, objectAt, objectsAt, textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import type { Look } from './look.ts';
import { settlingMs, sinceMs } from './rollout-grace.ts';

/** Who stands behind a Service, those that are leaving left out. */
export interface ServiceEndpoints {
  /** None, and the Service is not so new that its endpoints may still come. */
  readonly isEmpty: boolean;
  /** None is ready, and not only for a moment. */
  readonly isDown: boolean;
  /** Names of those that are not ready, and not only for a moment. */
  readonly late: readonly string[];
}

/** Undefined for a Service that chooses no Pods, and where the endpoints could not be read. */
export function endpointsOf(look: Look, service: KubeObject): ServiceEndpoints | undefined {
  if (!choosesPods(service)) return undefined;
  const slices = look.slices(service);
  if (slices === undefined) return undefined;
  const staying = slices
    .flatMap((slice) => objectsAt(slice, 'endpoints'))
    .filter((endpoint) => flagAt(endpoint, 'conditions', 'terminating') !== true);
  const isOld = sinceMs(look, textAt(service, 'metadata', 'creationTimestamp')) >= settlingMs;
  const waiting = staying.filter((endpoint) => flagAt(endpoint, 'conditions', 'ready') === false);
  const late = waiting.filter((endpoint) => !isSettling(look, service, endpoint));
  return {
    isEmpty: staying.length === 0 && isOld,
    isDown: late.length > 0 && waiting.length === staying.length,
    late: [...new Set(late.map((endpoint) => targetOf(endpoint)))].toSorted(),
  };
}

/** Whether its endpoints are Pods of a selector. */
export function choosesPods(service: KubeObject): boolean {
  return (
    Object.keys(objectAt(service, 'spec', 'selector')).length > 0 &&
    textAt(service, 'spec', 'type') !== 'ExternalName'
  );
}

/** A Pod of a rollout is not ready at first. */
function isSettling(look: Look, service: KubeObject, endpoint: JsonObject): boolean {
  if (textAt(endpoint, 'targetRef', 'kind') !== 'Pod') return false;
  const namespace = textAt(service, 'metadata', 'namespace');
  const pod = look.find('Pod', namespace, textAt(endpoint, 'targetRef', 'name'));
  if (pod === undefined || pod === 'absent') return false;
  return sinceMs(look, textAt(conditionOf(pod, 'Ready'), 'lastTransitionTime')) < settlingMs;
}

function targetOf(endpoint: JsonObject): string {
  const name = textAt(endpoint, 'targetRef', 'name');
  return name === ''
    ? 'an address without a Pod'
    : quoteText(`${textAt(endpoint, 'targetRef', 'kind')}/${name}`, 300);
}
