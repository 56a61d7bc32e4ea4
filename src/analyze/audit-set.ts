import type { KubeObject } from '../api/kube-object.ts';
import { compareSeverity, type Finding, type FindingObject } from './finding.ts';
import { auditObject, findingOf } from './audit.ts';
import { objectsAt, textAt, flagAt } from './json-fields.ts';
import { kindOf, namespaceOf, ObjectSet } from './object-set.ts';
import { refOf } from './object-name.ts';
import { workloadOf } from './pod-template.ts';
import { objectRules } from './rules/object-rules.ts';
import { setRules } from './rules/set-rules.ts';
import { isSettled } from './rules/settled.ts';

export interface SetAudit {
  /** Every object that some rule knows, in the order they were given. */
  readonly objects: readonly FindingObject[];
  /** Worst first, then in the order of the objects. */
  readonly findings: readonly Finding[];
  /** Objects of kinds that no rule knows, which is not the same as being sound. */
  readonly notCovered: readonly FindingObject[];
}

export interface AuditOptions {
  /** Where the objects were seen; '' (the default) if nowhere. */
  readonly cluster?: string;
  /** Nothing that they could be judged by is missing, so a single object is judged by what is not there, too. */
  readonly isWhole?: boolean;
}

/**
 * Judges objects of any kind as they are written. Two or more are also judged by each other: a Deployment that no
 * NetworkPolicy of the set selects, a Service that selects none of its Pods.
 */
export function auditObjects(
  objects: readonly KubeObject[],
  { cluster = '', isWhole = objects.length > 1 }: AuditOptions = {},
): SetAudit {
  const set = new ObjectSet(objects);
  const byObject = new Map<KubeObject, Finding[]>(
    objects.map((object) => [object, auditAlone(object, set, cluster)]),
  );
  if (isWhole) {
    for (const rule of setRules)
      for (const { object, ...hit } of rule.check(set))
        byObject.get(object)?.push(findingOf(rule, hit, object, cluster));
  }
  const known: KubeObject[] = [];
  const findings: Finding[] = [];
  const notCovered: KubeObject[] = [];
  for (const [object, found] of byObject) {
    const rest = withoutThoseOfOwner(object, found, set, byObject);
    findings.push(...rest);
    if (!isCovered(object) && found.length === 0) notCovered.push(object);
    else if (rest.length > 0 || found.length === 0) known.push(object);
  }
  return {
    objects: known.map((object) => refOf(object, cluster)),
    findings: findings.toSorted(compareSeverity),
    notCovered: notCovered.map((object) => refOf(object, cluster)),
  };
}

function auditAlone(object: KubeObject, set: ObjectSet, cluster: string): Finding[] {
  const audit = auditObject(object, cluster);
  const asWorkload = audit.kind === 'audited' ? audit.findings : [];
  const kind = kindOf(object);
  const asObject = objectRules
    .filter(({ kinds }) => kinds === undefined || kinds.includes(kind))
    .flatMap((rule) => rule.check(object).map((hit) => findingOf(rule, hit, object, cluster)));
  return [...asWorkload.filter(({ id }) => !isSettled(id, object, set)), ...asObject];
}

function isCovered(object: KubeObject): boolean {
  const kind = kindOf(object);
  return workloadOf(object) !== undefined || objectRules.some(({ kinds }) => kinds?.includes(kind) === true);
}

/**
 * A ReplicaSet and its Pods repeat what is wrong with their Deployment. Only what the owner is blamed for as well is left
 * out, so a claimed owner excuses nothing.
 */
function withoutThoseOfOwner(
  object: KubeObject,
  found: readonly Finding[],
  set: ObjectSet,
  byObject: ReadonlyMap<KubeObject, readonly Finding[]>,
): readonly Finding[] {
  const reference = objectsAt(object, 'metadata', 'ownerReferences').find(
    (each) => flagAt(each, 'controller') === true,
  );
  if (reference === undefined) return found;
  const kind = kindOf({
    apiVersion: textAt(reference, 'apiVersion'),
    kind: textAt(reference, 'kind'),
    metadata: {},
  });
  const owner = set.find(kind, namespaceOf(object), textAt(reference, 'name'));
  const blamed = new Set((owner === undefined ? [] : (byObject.get(owner) ?? [])).map(keyOf));
  return owner === object ? found : found.filter((finding) => !blamed.has(keyOf(finding)));
}

function keyOf({ id, container = '' }: Finding): string {
  return `${id} ${container}`;
}
