import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import { inferSchema, type StaticNames } from '../expression/infer.ts';
import { oneOf } from '../expression/json-kind.ts';
import { parseExpression, type JsonataParser } from '../expression/parse-expression.ts';
import { kindsOf } from '../schema/json-types.ts';
import type { FaultReport } from './fault-report.ts';
import { splitText } from './split-text.ts';
import type { PlacedExpr, Tree, TreeEntry } from './tree.ts';

export interface CompiledTree {
  readonly tree: Tree;
  /** JSON Schema of what it comes to, as far as it can be known. */
  readonly schema: JsonObject;
}

export interface TreeCompiler {
  /** `what` opens the messages, such as `op "ask": with`. */
  compile(value: Json, path: FieldPath, what: string, names: StaticNames): CompiledTree;
}

const maxExpressions = 1000;

/** Compiles values that hold `${ … }`; every fault is reported, and what cannot be compiled stands as null. */
export function createTreeCompiler(parser: JsonataParser, report: FaultReport): TreeCompiler {
  let expressions = 0;

  function expression(
    text: string,
    at: { readonly path: FieldPath; readonly offset: number; readonly what: string },
    names: StaticNames,
  ): { readonly placed: PlacedExpr; readonly schema: JsonObject } | undefined {
    const { path, offset, what } = at;
    if (++expressions > maxExpressions) {
      if (expressions === maxExpressions + 1)
        report({
          code: 'TooLarge',
          path,
          message: `the step type has more than ${maxExpressions} expressions`,
        });
      return undefined;
    }
    const parsed = parseExpression(text, parser);
    if (!parsed.ok) {
      const { message, suggestion } = parsed;
      report({
        code: 'BadExpression',
        path,
        offset: offset + parsed.at,
        message: `${what}: ${message}`,
        suggestion,
      });
      return undefined;
    }
    const schema = inferSchema(parsed.expr, names, (fault) => {
      const { code, message, suggestion } = fault;
      report({ code, path, offset: offset + fault.at, message: `${what}: ${message}`, suggestion });
    });
    return { placed: { expr: parsed.expr, path, offset, what }, schema };
  }

  function string(value: string, path: FieldPath, what: string, names: StaticNames): CompiledTree {
    const split = splitText(value);
    if (!split.ok) {
      report({ code: 'BadExpression', path, offset: split.offset, message: `${what}: ${split.message}` });
      return nothing;
    }
    const [only, ...more] = split.parts;
    if (only?.kind === 'text' && more.length === 0) {
      return { tree: { kind: 'literal', value: only.text }, schema: { const: only.text } };
    }
    if (only?.kind === 'expression' && more.length === 0) {
      const compiled = expression(only.text, { path, offset: only.offset, what }, names);
      if (compiled === undefined) return nothing;
      return { tree: { kind: 'expression', placed: compiled.placed }, schema: compiled.schema };
    }
    const parts: (string | PlacedExpr)[] = [];
    for (const part of split.parts) {
      if (part.kind === 'text') {
        parts.push(part.text);
        continue;
      }
      const compiled = expression(part.text, { path, offset: part.offset, what }, names);
      if (compiled === undefined) continue;
      parts.push(compiled.placed);
      const kinds = [...(kindsOf(compiled.schema) ?? ['string' as const])];
      if (kinds.some((kind) => kind === 'string' || kind === 'number' || kind === 'boolean')) continue;
      const message = `${what}: inside text only strings, numbers and booleans can stand, not ${oneOf(kinds)}`;
      report({ code: 'WrongType', path, offset: part.offset, message, suggestion: undefined });
    }
    return { tree: { kind: 'text', parts }, schema: { type: 'string' } };
  }

  function map(value: JsonObject, path: FieldPath, what: string, names: StaticNames): CompiledTree {
    const entries: TreeEntry[] = [];
    const properties: [string, JsonObject][] = [];
    const required: string[] = [];
    for (const [written, item] of Object.entries(value)) {
      const optional = written.endsWith('?');
      const key = optional ? written.slice(0, -1) : written;
      const at = [...path, written];
      if (key.includes('${')) {
        report({
          code: 'BadExpression',
          path: at,
          isKey: true,
          message: `${what}: a field name cannot hold \${ … }; use $merge`,
        });
        continue;
      }
      if (optional && Object.hasOwn(value, key)) {
        report({
          code: 'BadDefinition',
          path: at,
          isKey: true,
          message: `${what}.${key} stands twice, with and without ?`,
        });
        continue;
      }
      const compiled = compile(item, at, `${what}.${key}`, names);
      entries.push({ key, optional, tree: compiled.tree });
      properties.push([key, compiled.schema]);
      if (!optional) required.push(key);
    }
    return {
      tree: fold({ kind: 'map', entries }),
      schema: {
        type: 'object',
        properties: Object.fromEntries(properties),
        required,
        additionalProperties: false,
      },
    };
  }

  function compile(value: Json, path: FieldPath, what: string, names: StaticNames): CompiledTree {
    if (typeof value === 'string') return string(value, path, what, names);
    if (isObject(value)) return map(value, path, what, names);
    if (!Array.isArray(value)) return { tree: { kind: 'literal', value }, schema: constant(value) };
    const items = (value as readonly Json[]).map((item, index) =>
      compile(item, [...path, index], `${what}[${index}]`, names),
    );
    const schemas = items.map(({ schema }) => schema);
    return {
      tree: fold({ kind: 'list', items: items.map(({ tree }) => tree) }),
      schema: schemas.length === 0 ? { type: 'array' } : { type: 'array', items: { anyOf: schemas } },
    };
  }

  return { compile };
}

const nothing: CompiledTree = { tree: { kind: 'literal', value: null }, schema: {} };

function constant(value: Json): JsonObject {
  return typeof value === 'bigint' ? { type: 'integer' } : { const: value };
}

/** A list or an object without expressions is a literal as a whole, made once and shared. */
function fold(tree: Tree): Tree {
  if (tree.kind === 'list') {
    const values = tree.items.map((item) => (item.kind === 'literal' ? item.value : undefined));
    const isLiteral = values.every((value) => value !== undefined);
    return isLiteral ? { kind: 'literal', value: values } : tree;
  }
  if (tree.kind !== 'map') return tree;
  const fields: [string, Json][] = [];
  for (const { key, tree: field } of tree.entries) {
    if (field.kind !== 'literal') return tree;
    fields.push([key, field.value]);
  }
  return { kind: 'literal', value: Object.fromEntries(fields) };
}
