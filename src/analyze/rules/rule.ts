import type { Category, Evidence, Severity } from '../finding.ts';
import type { ContainerSpec, Workload } from '../pod-template.ts';

/** A rule judges a workload as it is written, missing fields by the default that the API server or the kubelet gives them. */
export interface AuditRule {
  /** Stable PascalCase name; the id of its findings. */
  readonly id: string;
  readonly severity: Severity;
  readonly category: Category;
  check(workload: Workload): readonly Hit[];
}

/** One place where a rule is not met. */
export interface Hit {
  readonly fieldPath: string;
  readonly container?: string;
  readonly text: string;
  readonly fix: string;
  readonly evidence?: readonly Evidence[];
}

/** A rule that looks at each container alone; `roles` absent means all. */
export function perContainer(
  check: (container: ContainerSpec, workload: Workload) => Hit | undefined,
  roles?: readonly ContainerSpec['role'][],
): AuditRule['check'] {
  return (workload) =>
    workload.containers
      .filter((container) => roles === undefined || roles.includes(container.role))
      .map((container) => {
        const hit = check(container, workload);
        return hit === undefined ? undefined : { container: container.name, ...hit };
      })
      .filter((hit) => hit !== undefined);
}
