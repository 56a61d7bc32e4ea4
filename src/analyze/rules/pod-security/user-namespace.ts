import { flagAt } from '../../json-fields.ts';
import type { Workload } from '../../pod-template.ts';

/** Whether root of the container is nobody on the node; what the Pod Security Standards relax for since Kubernetes 1.35. */
export function hasUserNamespace({ podSpec }: Workload): boolean {
  return flagAt(podSpec, 'hostUsers') === false;
}
