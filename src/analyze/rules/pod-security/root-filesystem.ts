import type { WorkloadRule } from '../rule.ts';
import { flagAt } from '../../json-fields.ts';
import { perContainer } from '../rule.ts';
import { documented } from '../source.ts';

export const writableRootFilesystem: WorkloadRule = {
  id: 'WritableRootFilesystem',
  severity: 'low',
  category: 'isolation',
  reason: 'an attacker can leave tools and changed programs behind',
  source: documented(
    'Configure a security context: readOnlyRootFilesystem',
    'tasks/configure-pod-container/security-context/',
  ),
  check: perContainer((container, workload) => {
    if (workload.windows || flagAt(container.spec, 'securityContext', 'readOnlyRootFilesystem') === true)
      return undefined;
    return {
      fieldPath: `${container.path}.securityContext.readOnlyRootFilesystem`,
      text: `Container "${container.name}" can change its own program files: the root filesystem is writable.`,
      fix: `Make the root filesystem read-only: set ${container.path}.securityContext.readOnlyRootFilesystem to true, and mount an emptyDir where the program writes.`,
    };
  }),
};
