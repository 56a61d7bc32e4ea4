import { numberAt, objectsAt } from '../../json-fields.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

export const sshPort: WorkloadRule = {
  id: 'SshPort',
  severity: 'low',
  category: 'exposure',
  reason: 'a second way in, with keys and logs that the API server knows nothing of',
  source: documented(
    'Get a shell to a running container',
    'tasks/debug/debug-application/get-shell-running-container/',
  ),
  check: perContainer((container) => {
    const index = objectsAt(container.spec, 'ports').findIndex(
      (port) => numberAt(port, 'containerPort') === 22 && port['protocol'] !== 'UDP',
    );
    if (index < 0) return undefined;
    const fieldPath = `${container.path}.ports[${index}]`;
    return {
      fieldPath,
      text: `Container "${container.name}" offers port 22, that of SSH.`,
      fix: `Remove ${fieldPath} and the SSH server, and use kubectl exec or debug; a program that serves others by SSH can take another port.`,
    };
  }),
};
