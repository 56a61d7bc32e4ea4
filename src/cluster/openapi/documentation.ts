import { resolveSchema, type KindSchema, type OpenApiSchema } from './schema.ts';

/** What the API says of one field. */
export interface FieldDocumentation {
  /** As the API has it: `string`, `[]Object`, `map[string]string`, `integer`. */
  readonly type: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly enum: readonly string[];
}

/**
 * The documentation of a field, such as `spec.template.spec.containers[0].image`; indexes may be left out, and '' is the kind
 * itself. Undefined for a path that the kind does not have.
 */
export function documentationOf(kind: KindSchema, fieldPath: string): FieldDocumentation | undefined {
  let schema = resolveSchema(kind.schema, kind);
  let isRequired = false;
  for (const name of namesOf(fieldPath)) {
    while (schema.type === 'array' && schema.items !== undefined) schema = resolveSchema(schema.items, kind);
    const { properties, additionalProperties, required = [] } = schema;
    const known = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const field = known ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    if (field === undefined) return undefined;
    isRequired = required.includes(name);
    schema = resolveSchema(field, kind);
  }
  return {
    type: typeText(schema, kind),
    description: schema.description ?? '',
    isRequired,
    enum: (schema.enum ?? []).filter((each) => typeof each === 'string'),
  };
}

/** `a.b[0]["c.d/e"]` without its indexes. */
function namesOf(path: string): readonly string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[[^\]]*\]|([^.[\]]+)/g)].flatMap(
    ([, quoted, plain]) => quoted ?? plain ?? [],
  );
}

function typeText(schema: OpenApiSchema, kind: KindSchema, depth: number = 0): string {
  const inner = (of: OpenApiSchema): string =>
    depth > 5 ? 'Object' : typeText(resolveSchema(of, kind), kind, depth + 1);
  if (schema.type === 'array') return `[]${schema.items === undefined ? 'Object' : inner(schema.items)}`;
  if (typeof schema.additionalProperties === 'object')
    return `map[string]${inner(schema.additionalProperties)}`;
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true)
    return 'integer or string';
  if (schema.oneOf !== undefined) return 'Quantity';
  return schema.type === undefined || schema.type === 'object' ? 'Object' : schema.type;
}
