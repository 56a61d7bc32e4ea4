import { flagAt, numberAt, objectsAt } from '../../json-fields.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { podSecurity } from '../source.ts';

export const hostPort: WorkloadRule = {
  id: 'HostPort',
  severity: 'medium',
  category: 'isolation',
  reason: 'the port is open on the address of the node, and one Pod a node is all that fits',
  cis: '5.2.13',
  ...podSecurity('baseline', 'Host Ports'),
  check: perContainer((container, workload) => {
    // In the network of its node every port is one of the node: one cause.
    if (flagAt(workload.podSpec, 'hostNetwork') === true) return undefined;
    const ports = objectsAt(container.spec, 'ports').map((port) => numberAt(port, 'hostPort') ?? 0);
    const index = ports.findIndex((port) => port !== 0);
    if (index < 0) return undefined;
    const fieldPath = `${container.path}.ports[${index}].hostPort`;
    const said = ports
      .filter((port) => port !== 0)
      .slice(0, 10)
      .join(', ');
    return {
      fieldPath,
      text: `Container "${container.name}" takes a port of its node (${said}).`,
      fix: `Remove ${fieldPath}, and let a Service reach the container.`,
    };
  }),
};
