import type { JsonObject } from '../../api/json.ts';
import type { OpSpec } from '../../api/op-spec.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import type { PlacedExpr, Tree } from './tree.ts';

/** A compiled `sluice` schematic. */
export interface Program {
  readonly parameters: JsonObject;
  readonly entries: readonly Entry[];
  readonly outputs: readonly Output[];
}

/** One item under `ops:`, in the order in which they are taken. */
export type Entry = OpEntry | ValueEntry;

interface EntryBase {
  readonly id: string;
  /** Of the item in the document. */
  readonly path: FieldPath;
  /** Undefined: always. */
  readonly condition: boolean | PlacedExpr | undefined;
}

export interface OpEntry extends EntryBase {
  readonly kind: 'op';
  readonly spec: OpSpec;
  readonly params: Tree;
  /** Ids of the ops that it reads, also through values. */
  readonly reads: readonly string[];
}

/** A value with a name, computed where it stands. */
interface ValueEntry extends EntryBase {
  readonly kind: 'value';
  readonly value: Tree;
}

export interface Output {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
  /** The author wrote the schema, so the value is held to it. */
  readonly isDeclared: boolean;
  readonly value: Tree;
}
