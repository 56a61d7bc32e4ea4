import type { KubeObject } from '../../api/kube-object.ts';
import type { Category, Evidence, Severity } from '../finding.ts';
import type { ObjectSet } from '../object-set.ts';
import type { ContainerSpec, Workload } from '../pod-template.ts';

/** What is known of a rule without anything to judge. Its weight in the score follows from its severity. */
export interface RuleFacts {
  /** Stable PascalCase name; the id of its findings. */
  readonly id: string;
  readonly severity: Severity;
  readonly category: Category;
  /** Why it matters, as one clause; the finding says what is wrong where. */
  readonly reason: string;
  /** The standard or the documentation that it rests on. */
  readonly source: { readonly title: string; readonly url: string };
  /** The recommendation of the CIS Kubernetes Benchmark 1.9 that asks for it, such as `5.2.2`. */
  readonly cis?: string;
  /** The lowest Pod Security Standard that asks for it. */
  readonly podSecurity?: 'baseline' | 'restricted';
}

/** Judges what runs Pods as it is written, missing fields by the default that the API server or the kubelet gives them. */
export interface WorkloadRule extends RuleFacts {
  check(workload: Workload): readonly Hit[];
}

/** Judges one object of some kinds. */
export interface ObjectRule extends RuleFacts {
  /** Such as `Service` or `Role.rbac.authorization.k8s.io`; absent is any kind. */
  readonly kinds?: readonly string[];
  check(object: KubeObject): readonly Hit[];
}

/** Judges objects by what else is, or is not, given with them. */
export interface SetRule extends RuleFacts {
  check(set: ObjectSet): readonly (Hit & { readonly object: KubeObject })[];
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
): WorkloadRule['check'] {
  return (workload) =>
    workload.containers
      .filter((container) => roles === undefined || roles.includes(container.role))
      .map((container) => {
        const hit = check(container, workload);
        return hit === undefined ? undefined : { container: container.name, ...hit };
      })
      .filter((hit) => hit !== undefined);
}
