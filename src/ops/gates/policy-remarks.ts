import { parseFieldPath } from '../../api/field-path.ts';
import type { PolicyRemark } from '../../api/op-spec.ts';
import type { PolicyFault } from '../../gate/policy/policy-fault.ts';

/** Faults of a policy as the plan takes them. */
export function remarksOf(
  faults: readonly PolicyFault[],
  severity: PolicyRemark['severity'],
): readonly PolicyRemark[] {
  return faults.map(({ path, message }) => ({ path: parseFieldPath(path) ?? [], severity, message }));
}
