import type { Workload } from '../../pod-template.ts';
import type { Hit, WorkloadRule } from '../rule.ts';
import { formatFieldPath } from '../../../api/field-path.ts';
import { objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { podSecurity } from '../source.ts';
import { isPrivileged } from './privileges.ts';
import { securityContextsOf } from './security-contexts.ts';

/** Before Kubernetes 1.30 the profile of a container stood in an annotation of its Pod, which still counts. */
const annotationPrefix = 'container.apparmor.security.beta.kubernetes.io/';

export const appArmorUnconfined: WorkloadRule = {
  id: 'AppArmorUnconfined',
  severity: 'medium',
  category: 'isolation',
  reason: 'the profile of the runtime is the wall behind the other ones',
  ...podSecurity('baseline', 'AppArmor'),
  check: (workload) => [...inFields(workload), ...inAnnotations(workload)],
};

function inFields(workload: Workload): readonly Hit[] {
  return securityContextsOf(workload)
    .filter(({ fields }) => {
      const type = textAt(fields, 'appArmorProfile', 'type');
      return type !== '' && type !== 'RuntimeDefault' && type !== 'Localhost';
    })
    .map(({ who, container, path }) => ({
      fieldPath: `${path}.appArmorProfile.type`,
      ...(container === undefined ? {} : { container }),
      text: `${who} turns off the AppArmor profile of the runtime.`,
      fix: `Keep the profile: remove ${path}.appArmorProfile or set its type to RuntimeDefault.`,
    }));
}

function inAnnotations(workload: Workload): readonly Hit[] {
  const path = [...workload.podPath.split('.').slice(0, -1), 'metadata', 'annotations'];
  return Object.entries(objectAt(workload.object, ...path))
    .filter(([key, value]) => key.startsWith(annotationPrefix) && !isAllowed(value))
    .flatMap(([key]) => {
      const name = key.slice(annotationPrefix.length);
      const container = workload.containers.find((each) => each.name === name);
      if (container !== undefined && isPrivileged(container, workload)) return [];
      const fieldPath = formatFieldPath([...path, key]);
      return [
        {
          fieldPath,
          container: quoteText(name, 63),
          text: `An annotation turns off the AppArmor profile of container "${quoteText(name, 63)}".`,
          fix: `Keep the profile of the runtime: remove ${fieldPath}.`,
        },
      ];
    });
}

function isAllowed(value: unknown): boolean {
  return value === '' || value === 'runtime/default' || String(value).startsWith('localhost/');
}
