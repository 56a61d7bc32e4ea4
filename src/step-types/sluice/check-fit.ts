import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import { oneOf } from '../expression/json-kind.ts';
import { nearest } from '../nearest.ts';
import { areApart, branchesOf, kindsOf, valuesOf } from '../schema/json-types.ts';
import { shown } from '../shown.ts';
import type { CompiledTree } from './compile-tree.ts';
import type { FaultReport } from './fault-report.ts';
import type { Tree } from './tree.ts';

/**
 * Reports what of a value, as far as its schema is known, its place cannot take: fields that do not exist or are missing,
 * and kinds of values.
 */
export function checkFit(
  value: CompiledTree,
  wanted: JsonObject,
  path: FieldPath,
  what: string,
  report: FaultReport,
): void {
  fit({ ...value, path, what }, wanted, report);
}

interface Part {
  readonly schema: JsonObject;
  /** Undefined inside what an expression makes: that has no place of its own. */
  readonly tree: Tree | undefined;
  readonly path: FieldPath;
  readonly what: string;
}

function fit(part: Part, wanted: JsonObject, report: FaultReport): void {
  const { schema, path, what } = part;
  if (areApart(schema, wanted)) {
    const [need, got] = [wanted, schema].map((each) => oneOf([...(kindsOf(each) ?? [])]));
    report({ code: 'WrongType', path, message: `${what} must be ${need}, got ${got}` });
    return;
  }
  if (!fitsValues(part, wanted, report) || branchesOf(wanted) !== undefined) return;
  if (isObject(schema['properties'])) fitFields(part, schema['properties'], wanted, report);
  const items = wanted['items'];
  if (isObject(items) && part.tree?.kind === 'list') {
    const given = schema['items'];
    const branches = isObject(given) ? (branchesOf(given) ?? []) : [];
    for (const [index, branch] of branches.entries()) {
      const tree = part.tree.items[index];
      fit({ schema: branch, tree, path: [...path, index], what: `${what}[${index}]` }, items, report);
    }
  }
}

function fitsValues(part: Part, wanted: JsonObject, report: FaultReport): boolean {
  const { schema, path, what } = part;
  const [given, allowed] = [valuesOf(schema), valuesOf(wanted)];
  if (given === undefined || allowed === undefined || given.some((value) => allowed.includes(value)))
    return true;
  const [value] = given;
  const words = allowed.filter((each) => typeof each === 'string');
  const suggestion = typeof value === 'string' ? nearest(value, words) : undefined;
  const message = `${what} must be one of ${allowed.map(shown).join(', ')}, got ${shown(value ?? null)}`;
  report({ code: 'WrongType', path, message, suggestion });
  return false;
}

function fitFields(part: Part, fields: JsonObject, wanted: JsonObject, report: FaultReport): void {
  const { schema, tree, path, what } = part;
  const properties = isObject(wanted['properties']) ? wanted['properties'] : {};
  const entries = tree?.kind === 'map' ? tree.entries : [];
  for (const [name, given] of Object.entries(fields)) {
    const isOptional = entries.some((entry) => entry.key === name && entry.optional);
    const at =
      tree?.kind === 'map' || tree?.kind === 'literal' ? [...path, isOptional ? `${name}?` : name] : path;
    const child = Object.hasOwn(properties, name) ? properties[name] : wanted['additionalProperties'];
    if (child === false) {
      const suggestion = nearest(name, Object.keys(properties));
      report({
        code: 'UnknownField',
        path: at,
        isKey: true,
        message: `${what}.${name} does not exist`,
        suggestion,
      });
    } else if (isObject(child) && isObject(given)) {
      const inner = entries.find((entry) => entry.key === name)?.tree ?? literalField(tree, name);
      fit({ schema: given, tree: inner, path: at, what: `${what}.${name}` }, child, report);
    }
  }
  // An object that comes from elsewhere may well have the field; it will be checked when it is there.
  if (schema['additionalProperties'] !== false) return;
  const isWritten = tree?.kind === 'map' && Array.isArray(schema['required']);
  const present = isWritten ? (schema['required'] as readonly Json[]) : Object.keys(fields);
  for (const name of Array.isArray(wanted['required']) ? (wanted['required'] as readonly string[]) : []) {
    if (present.includes(name)) continue;
    const isOptional = Object.hasOwn(fields, name);
    const message = isOptional
      ? `${what}.${name} is required: write it without ?`
      : `${what}.${name} is missing`;
    report({ code: 'BadDefinition', path, message });
  }
}

function literalField(tree: Tree | undefined, name: string): Tree | undefined {
  if (tree?.kind !== 'literal' || !isObject(tree.value)) return undefined;
  const value = Object.hasOwn(tree.value, name) ? tree.value[name] : undefined;
  return value === undefined ? undefined : { kind: 'literal', value };
}
