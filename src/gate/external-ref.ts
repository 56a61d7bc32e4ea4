/** A condition of an object that someone else sets. */
export interface ExternalRef {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined: the run's, or none for kinds that have none. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly condition: string;
}

const word = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Reads `apiVersion/Kind/[namespace/]name#ConditionType`; undefined when the text is none. */
export function parseExternalRef(text: string): ExternalRef | undefined {
  const [path = '', condition = '', ...more] = text.split('#');
  const parts = path.split('/');
  if (more.length > 0 || ![...parts, condition].every((part) => word.test(part))) return undefined;
  // A core version stands alone; that of a group follows the group.
  const isCore = /^v\d+((alpha|beta)\d+)?$/.test(parts[0] ?? '');
  const [kind, ...place] = parts.slice(isCore ? 1 : 2);
  const [first, second, third] = place;
  if (kind === undefined || first === undefined || third !== undefined) return undefined;
  return {
    apiVersion: parts.slice(0, isCore ? 1 : 2).join('/'),
    kind,
    namespace: second === undefined ? undefined : first,
    name: second ?? first,
    condition,
  };
}
