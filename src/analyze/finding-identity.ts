import type { Finding } from './finding.ts';
import { objectAt, textAt } from './json-fields.ts';

/**
 * What a finding is known by from one look to the next. No uid and no API version: an object that was made again under
 * its name has the finding that it had.
 */
export interface FindingIdentity {
  readonly cluster: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly id: string;
  readonly fieldPath?: string;
  readonly container?: string;
}

export function identityOf({
  object,
  id,
  fieldPath,
  container,
}: Pick<Finding, 'object' | 'id' | 'fieldPath' | 'container'>): FindingIdentity {
  const { cluster, kind, namespace, name } = object;
  return {
    cluster,
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    id,
    ...(fieldPath === undefined ? {} : { fieldPath }),
    ...(container === undefined ? {} : { container }),
  };
}

/** That of a finding which an output holds; undefined where it lacks an id or the kind of its object. */
export function readIdentity(finding: unknown): FindingIdentity | undefined {
  const object = objectAt(finding, 'object');
  const [kind, id] = [textAt(object, 'kind'), textAt(finding, 'id')];
  if (kind === '' || id === '') return undefined;
  const optional = (key: string, from: unknown): object =>
    textAt(from, key) === '' ? {} : { [key]: textAt(from, key) };
  return {
    cluster: textAt(object, 'cluster'),
    kind,
    ...optional('namespace', object),
    name: textAt(object, 'name'),
    id,
    ...optional('fieldPath', finding),
    ...optional('container', finding),
  };
}

/** A container goes back and forth between these reasons while nothing changes. */
const sameReasons: ReadonlyMap<string, string> = new Map([
  ['ImagePullBackOff', 'ErrImagePull'],
  ['ContainerFailed', 'CrashLoopBackOff'],
  ['OOMKilled', 'CrashLoopBackOff'],
]);

/** One text for each identity; the same for reasons that take turns. */
export function identityKey(identity: FindingIdentity & { readonly detail?: string }): string {
  const { cluster, container, detail, fieldPath, kind, name, namespace } = identity;
  const id = sameReasons.get(identity.id) ?? identity.id;
  // Canonical JSON, as the fields are in the order of their names; there is one for each of ten thousand findings.
  return JSON.stringify({ cluster, container, detail, fieldPath, id, kind, name, namespace });
}
