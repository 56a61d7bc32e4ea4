import type { Problem } from './analyzer.ts';
import type { SnapshotKind } from './kinds.ts';
import type { Look } from './look.ts';

interface Reference {
  readonly kind: SnapshotKind;
  readonly namespace: string;
  readonly name: string;
}

/** The problem where a named object is not there; undefined where it is, and where nobody could look. */
export function missing(look: Look, reference: Reference, problem: () => Problem): Problem | undefined {
  const { kind, namespace, name } = reference;
  if (look.find(kind, namespace, name) !== 'absent') return undefined;
  return { ...problem(), missing: { kind, ...(namespace === '' ? {} : { namespace }), name } };
}

export function present<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  return values.filter((value) => value !== undefined);
}
