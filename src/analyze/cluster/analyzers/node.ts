import type { JsonObject } from '../../../api/json.ts';
import { objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

/** Conditions of the kubelet and of node-problem-detector that are bad when they are true. */
const badWhenTrue: ReadonlySet<string> = new Set([
  'MemoryPressure',
  'DiskPressure',
  'PIDPressure',
  'NetworkUnavailable',
  'KernelDeadlock',
  'ReadonlyFilesystem',
  'CorruptDockerOverlay2',
  'FrequentUnregisterNetDevice',
  'FrequentKubeletRestart',
  'FrequentDockerRestart',
  'FrequentContainerdRestart',
  'KubeletUnhealthy',
  'ContainerRuntimeUnhealthy',
]);

/** What any other condition means, nobody has said: it is no problem whatever its status. */
export const node: Analyzer = {
  name: 'Node',
  judges: ['Node'],
  reads: [],
  check: (look) =>
    objectsAt(look.object, 'status', 'conditions')
      .filter((condition) => isBad(textAt(condition, 'type'), textAt(condition, 'status')))
      .map((condition) => problem(look, condition)),
};

function isBad(type: string, status: string): boolean {
  if (type === 'Ready') return status !== 'True';
  return badWhenTrue.has(type) && (status === 'True' || status === 'Unknown');
}

function problem(look: Look, condition: JsonObject): Problem {
  const type = textAt(condition, 'type');
  const reason = quoteText(textAt(condition, 'reason'), 60);
  const message = look.quote(textAt(condition, 'message'));
  const isDown = type === 'Ready' || type === 'NetworkUnavailable';
  return {
    id: type === 'Ready' ? 'NodeNotReady' : type,
    severity: isDown ? 'critical' : 'high',
    fieldPath: `status.conditions{${type}}`,
    text: `${type} is ${quoteText(textAt(condition, 'status'), 20)} (${reason}): ${message}`,
    fix: isDown
      ? "Look at the node's kubelet, its network and its machine."
      : 'Free what the node runs out of, or move Pods away from it.',
    k8sgpt: { text: `${look.name} has condition of type ${type}, reason ${reason}: ${message}` },
  };
}
