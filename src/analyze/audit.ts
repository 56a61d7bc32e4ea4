import type { KubeObject } from '../api/kube-object.ts';
import type { Finding } from './finding.ts';
import type { Hit, RuleFacts } from './rules/rule.ts';
import { compareSeverity } from './finding.ts';
import { refOf } from './object-name.ts';
import { workloadOf } from './pod-template.ts';
import { objectRules } from './rules/object-rules.ts';
import { setRules } from './rules/set-rules.ts';
import { workloadRules } from './rules/workload-rules.ts';

/** All audit rules, within one severity the most important first; no two report one cause. */
export const auditRules: readonly RuleFacts[] = [...workloadRules, ...objectRules, ...setRules];

export type Audit =
  /** Worst first, within one severity in the order of `auditRules`. */
  | { readonly kind: 'audited'; readonly findings: readonly Finding[] }
  /** No rule knows such an object, which is not the same as being sound. */
  | { readonly kind: 'notCovered'; readonly reason: string };

/** Judges what runs Pods, as it is written and by itself. `cluster` is where it was seen, '' if nowhere. */
export function auditObject(object: KubeObject, cluster: string = ''): Audit {
  const workload = workloadOf(object);
  if (workload === undefined) {
    return {
      kind: 'notCovered',
      reason: 'it has no Pod template with containers, and the audit rules judge those',
    };
  }
  const findings = workloadRules.flatMap((rule) =>
    rule.check(workload).map((hit) => findingOf(rule, hit, object, cluster)),
  );
  return { kind: 'audited', findings: findings.toSorted(compareSeverity) };
}

export function findingOf(
  { id, severity, category }: RuleFacts,
  hit: Hit,
  object: KubeObject,
  cluster: string,
): Finding {
  return { id, severity, category, object: refOf(object, cluster), evidence: [], ...hit };
}
