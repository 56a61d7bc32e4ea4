import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { OpRegistry } from '../../api/op-spec.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import { rootsOf } from '../expression/expr.ts';
import type { StaticNames } from '../expression/infer.ts';
import { nearest } from '../nearest.ts';
import { boundedSchema } from '../schema/schema-size.ts';
import { checkFit } from './check-fit.ts';
import type { CompiledTree, TreeCompiler } from './compile-tree.ts';
import { shown } from '../shown.ts';
import { contextSchema } from './context-schema.ts';
import type { FaultReport } from './fault-report.ts';
import { reportUnknownFields } from './report-unknown-fields.ts';
import type { Entry } from './program.ts';
import { rootsOfTree, type PlacedExpr } from './tree.ts';

export interface OpsReading {
  readonly ops: OpRegistry;
  readonly compiler: TreeCompiler;
  readonly report: FaultReport;
  readonly parameters: JsonObject;
}

export interface ReadOps {
  readonly entries: readonly Entry[];
  /** What stands in scope after the last entry. */
  readonly names: StaticNames;
}

const maxEntries = 100;
const fields = ['id', 'op', 'if', 'with', 'value'];
const reserved = ['parameter', 'context', 'and', 'or', 'in', 'true', 'false', 'null', 'function'];

/** Reads the list under `ops:`. An entry sees the parameter, the context, and the entries before it. */
export function readOps(value: Json | undefined, path: FieldPath, reading: OpsReading): ReadOps {
  return new OpsReader(path, reading).read(value);
}

class OpsReader {
  readonly #path: FieldPath;
  readonly #reading: OpsReading;
  readonly #schemas: Map<string, JsonObject>;
  readonly #elsewhere = new Map<string, string>();
  /** For each id, the ops whose results it is made of. */
  readonly #reads = new Map<string, readonly string[]>();

  constructor(path: FieldPath, reading: OpsReading) {
    this.#path = path;
    this.#reading = reading;
    this.#schemas = new Map([
      ['parameter', reading.parameters],
      ['context', contextSchema],
    ]);
  }

  read(value: Json | undefined): ReadOps {
    const { report } = this.#reading;
    const names: StaticNames = { schemas: this.#schemas, elsewhere: this.#elsewhere };
    const items = Array.isArray(value) ? (value as readonly Json[]) : [];
    if (value !== undefined && !Array.isArray(value)) {
      report({ code: 'BadDefinition', path: this.#path, message: 'ops must be a list' });
    }
    if (items.length > maxEntries) {
      report({ code: 'TooLarge', path: this.#path, message: `ops has more than ${maxEntries} entries` });
      return { entries: [], names };
    }
    for (const item of items) {
      const id = isObject(item) ? item['id'] : undefined;
      if (typeof id === 'string') this.#elsewhere.set(id, `"${id.slice(0, 60)}" comes later in ops`);
    }
    const entries: Entry[] = [];
    for (const [index, item] of items.entries()) {
      const entry = this.#entry(item, [...this.#path, index], names);
      if (entry !== undefined) entries.push(entry);
    }
    return { entries, names };
  }

  #entry(value: Json, path: FieldPath, names: StaticNames): Entry | undefined {
    const { report } = this.#reading;
    if (!isObject(value)) {
      report({ code: 'BadDefinition', path, message: 'an entry of ops must be an object with an id' });
      return undefined;
    }
    const id = this.#id(value['id'], path);
    const what = id === undefined ? 'an entry of ops' : `op "${id}"`;
    reportUnknownFields(value, fields, path, report, (text) => `${what}: ${text}`);
    const condition = this.#condition(value['if'], [...path, 'if'], what, names);
    const entry =
      value['value'] === undefined
        ? this.#op(value, path, what, names)
        : this.#value(value, path, what, names);
    if (id === undefined || entry === undefined) return undefined;
    const roots = [...entry.roots, ...(typeof condition === 'object' ? rootsOf(condition.expr) : [])];
    const reads = [...new Set(roots.flatMap((root) => this.#reads.get(root) ?? []))];
    // An op stands for itself: what its params were made of cannot change it any more.
    this.#reads.set(id, entry.kind === 'op' ? [id] : reads);
    this.#schemas.set(id, boundedSchema(entry.schema));
    this.#elsewhere.delete(id);
    if (entry.kind === 'value') return { kind: 'value', id, path, condition, value: entry.tree };
    return { kind: 'op', id, path, condition, spec: entry.spec, params: entry.tree, reads };
  }

  #id(id: Json | undefined, path: FieldPath): string | undefined {
    const { report } = this.#reading;
    const at = [...path, 'id'];
    if (typeof id !== 'string' || !/^[A-Za-z_][A-Za-z0-9_]{0,59}$/.test(id)) {
      const message = 'an entry of ops needs an id of letters, digits and _, such as ask';
      report({ code: 'BadDefinition', path: at, message });
      return undefined;
    }
    if (reserved.includes(id)) {
      report({
        code: 'BadDefinition',
        path: at,
        message: `"${id}" cannot be an id: the word has a meaning of its own`,
      });
      return undefined;
    }
    if (this.#schemas.has(id)) {
      report({ code: 'BadDefinition', path: at, message: `the id "${id}" stands twice` });
      return undefined;
    }
    return id;
  }

  #condition(
    value: Json | undefined,
    path: FieldPath,
    what: string,
    names: StaticNames,
  ): boolean | PlacedExpr | undefined {
    if (value === undefined || typeof value === 'boolean') return value;
    const { compiler, report } = this.#reading;
    const compiled = compiler.compile(value, path, `${what}: if`, names);
    if (compiled.tree.kind === 'expression') {
      checkFit(compiled, { type: 'boolean' }, path, `${what}: if`, report);
      return compiled.tree.placed;
    }
    // What does not compile was reported, and stands as null.
    if (typeof value !== 'string' || compiled.tree.kind !== 'literal' || compiled.tree.value !== null) {
      report({ code: 'WrongType', path, message: `${what}: if must be a boolean: write if: \${ … }` });
    }
    return false;
  }

  #op(value: JsonObject, path: FieldPath, what: string, names: StaticNames) {
    const { compiler, ops, report } = this.#reading;
    const name = value['op'];
    const spec = typeof name === 'string' ? ops.get(name) : undefined;
    const given = value['with'] ?? {};
    const at = [...path, 'with'];
    if (!isObject(given)) {
      report({ code: 'BadDefinition', path: at, message: `${what}: with must be an object` });
      return undefined;
    }
    const compiled = compiler.compile(given, at, `${what}: with`, names);
    if (spec === undefined) {
      const known = [...ops.keys()].toSorted();
      const message =
        name === undefined
          ? `${what} has neither op nor value`
          : `${what}: there is no op ${shown(name)} (there are ${known.join(', ')})`;
      const suggestion = typeof name === 'string' ? nearest(name, known) : undefined;
      report({ code: 'UnknownOp', path: [...path, 'op'], message, suggestion });
      return undefined;
    }
    checkFit(compiled, spec.params, at, `${what}: with`, report);
    // Only a wait without an end is worth a rule of its own: it would hang every run that uses the step type.
    if (spec.name === 'wait' && given['continue'] === undefined) {
      report({
        code: 'BadDefinition',
        path: at,
        message: `${what}: a wait needs with.continue, or it waits for ever`,
      });
    }
    if (spec.name === 'fail' && given['message'] === undefined) {
      const message = `${what}: with.message is missing; nothing else tells why the step failed`;
      report({ code: 'BadDefinition', severity: 'warning', path: at, message });
    }
    return entryOf({ kind: 'op', spec } as const, compiled, spec.result);
  }

  #value(value: JsonObject, path: FieldPath, what: string, names: StaticNames) {
    const { compiler, report } = this.#reading;
    for (const key of ['op', 'with']) {
      if (value[key] === undefined) continue;
      const message = `${what} has both value and ${key}: one entry is an op or a value`;
      report({ code: 'BadDefinition', path: [...path, key], isKey: true, message });
    }
    const compiled = compiler.compile(value['value'] ?? null, [...path, 'value'], `${what}: value`, names);
    return entryOf({ kind: 'value' } as const, compiled, compiled.schema);
  }
}

function entryOf<Kind extends object>(kind: Kind, compiled: CompiledTree, schema: JsonObject) {
  return { ...kind, tree: compiled.tree, roots: rootsOfTree(compiled.tree), schema };
}
