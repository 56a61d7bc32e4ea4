import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { WorkloadRule } from '../rule.ts';
import { podSecurity } from '../source.ts';
import { securityContextsOf } from './security-contexts.ts';

/** `container_engine_t` since Kubernetes 1.31. */
const allowedTypes = new Set([
  '',
  'container_t',
  'container_init_t',
  'container_kvm_t',
  'container_engine_t',
]);

export const seLinuxOptions: WorkloadRule = {
  id: 'SELinuxOptionsCustom',
  severity: 'medium',
  category: 'isolation',
  reason: 'a type made for programs of the node reaches files of the node',
  ...podSecurity('baseline', 'SELinux'),
  check: (workload) =>
    securityContextsOf(workload).flatMap(({ who, container, fields, path }) => {
      const of = (field: string): string => textAt(fields, 'seLinuxOptions', field);
      const wrong = [
        ...(allowedTypes.has(of('type')) ? [] : ['type']),
        ...['user', 'role'].filter((field) => of(field) !== ''),
      ];
      const [first] = wrong;
      if (first === undefined) return [];
      const said = wrong.map((field) => `${field} ${quoteText(of(field), 63)}`).join(', ');
      return [
        {
          fieldPath: `${path}.seLinuxOptions.${first}`,
          ...(container === undefined ? {} : { container }),
          text: `${who} leaves the SELinux label of containers (${said}).`,
          fix: `Keep the label: remove ${wrong.join(' and ')} from ${path}.seLinuxOptions; its level may stay.`,
        },
      ];
    }),
};
