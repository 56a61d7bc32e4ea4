import type { ContainerSpec, Workload } from '../../pod-template.ts';
import type { Hit, WorkloadRule } from '../rule.ts';
import { textAt } from '../../json-fields.ts';
import { perContainer } from '../rule.ts';
import { podSecurity } from '../source.ts';
import { hasUserNamespace } from './user-namespace.ts';
import { isPrivileged } from './privileges.ts';

export const procUnmasked: WorkloadRule = {
  id: 'ProcMountUnmasked',
  severity: 'high',
  category: 'isolation',
  reason: 'files under /proc show and change the kernel of the node',
  ...podSecurity('baseline', '/proc Mount Type'),
  check: perContainer((container, workload) => hitOf(container, workload, false)),
};

/** The standard "baseline" allows it there since Kubernetes 1.35; "restricted" does not. */
export const procUnmaskedInUserNamespace: WorkloadRule = {
  id: 'ProcMountUnmaskedInUserNamespace',
  severity: 'low',
  category: 'isolation',
  reason: 'files under /proc show the kernel of the node, and user namespaces have had faults of their own',
  ...podSecurity('restricted', '/proc Mount Type'),
  check: perContainer((container, workload) => hitOf(container, workload, true)),
};

function hitOf(container: ContainerSpec, workload: Workload, inNamespace: boolean): Hit | undefined {
  const type = textAt(container.spec, 'securityContext', 'procMount');
  if (type === '' || type === 'Default' || isPrivileged(container, workload)) return undefined;
  if (hasUserNamespace(workload) !== inNamespace) return undefined;
  const fieldPath = `${container.path}.securityContext.procMount`;
  return {
    fieldPath,
    text: `Container "${container.name}" sees /proc without the masks of the runtime${inNamespace ? ', in a user namespace' : ''}.`,
    fix: `Keep the masks: remove ${fieldPath}; only what starts containers itself needs it.`,
  };
}
