import { numberAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

export const duplicateEnv: WorkloadRule = {
  id: 'DuplicateEnv',
  severity: 'low',
  category: 'correctness',
  reason: 'only the last one counts, and a reader may look at the first',
  source: documented(
    'Define environment variables for a container',
    'tasks/inject-data-application/define-environment-variable-container/',
  ),
  check: perContainer((container) => {
    const names = objectsAt(container.spec, 'env').map((variable) => textAt(variable, 'name'));
    const index = names.findIndex((name, at) => name !== '' && names.indexOf(name) < at);
    if (index < 0) return undefined;
    const fieldPath = `${container.path}.env[${index}]`;
    return {
      fieldPath,
      text: `Container "${container.name}" sets ${quoteText(names[index] ?? '', 100)} more than once.`,
      fix: `Keep one: remove ${fieldPath} or env[${names.indexOf(names[index] ?? '')}] before it.`,
    };
  }),
};

/** The containers of a Pod share one address. */
export const portTwice: WorkloadRule = {
  id: 'ContainerPortTwice',
  severity: 'medium',
  category: 'correctness',
  reason: 'of two containers that listen on one port of a Pod the second fails to start',
  source: documented('Pods: Pod networking', 'concepts/workloads/pods/#pod-networking'),
  check: ({ containers }) => {
    const seen = new Map<string, string>();
    return containers
      .filter(({ role }) => role === 'app' || role === 'sidecar')
      .flatMap((container) =>
        objectsAt(container.spec, 'ports').flatMap((port, index) => {
          const number = numberAt(port, 'containerPort');
          if (number === undefined) return [];
          const key = `${number}/${textAt(port, 'protocol') || 'TCP'}`;
          const first = seen.get(key);
          if (first === undefined) {
            seen.set(key, container.name);
            return [];
          }
          const fieldPath = `${container.path}.ports[${index}]`;
          const other = first === container.name ? 'itself' : `container "${first}"`;
          return [
            {
              fieldPath,
              container: container.name,
              text: `Container "${container.name}" declares port ${key}, which ${other} has already.`,
              fix: `Let one of them listen elsewhere, or remove ${fieldPath}.`,
            },
          ];
        }),
      );
  },
};
