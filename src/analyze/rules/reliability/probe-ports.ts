import { fieldAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

const probes = ['readinessProbe', 'livenessProbe', 'startupProbe'].flatMap((probe) => [
  [probe, 'httpGet', 'port'],
  [probe, 'tcpSocket', 'port'],
]);

/** A number needs no declared port; a name is looked up among those of the container. */
export const probePortUnknown: WorkloadRule = {
  id: 'ProbePortNameUnknown',
  severity: 'high',
  category: 'availability',
  reason: 'the probe fails always, so the Pod never gets ready or is restarted for ever',
  source: documented(
    'Liveness, readiness and startup probes',
    'tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  ),
  check: perContainer((container) => {
    const names = objectsAt(container.spec, 'ports').map((port) => textAt(port, 'name'));
    const path = probes.find((each) => {
      const port = fieldAt(container.spec, ...each);
      // Digits in quotes are a name as well, and one that the API server refuses.
      return typeof port === 'string' && !names.includes(port);
    });
    if (path === undefined) return undefined;
    const fieldPath = `${container.path}.${path.join('.')}`;
    return {
      fieldPath,
      text: `The ${path[0]} of container "${container.name}" asks a port "${quoteText(textAt(container.spec, ...path), 63)}", and the container has none of that name.`,
      fix: `Name a port in ${container.path}.ports so, or set ${fieldPath} to the number.`,
    };
  }),
};
