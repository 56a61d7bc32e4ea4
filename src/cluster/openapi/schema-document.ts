import type { KindSchema, OpenApiSchema } from './schema.ts';

/** Schemas that refer to each other, as an API server publishes them. */
export interface SchemaDocument {
  readonly components: { readonly schemas: Readonly<Record<string, PublishedSchema>> };
}

interface PublishedSchema extends OpenApiSchema {
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

const referencePrefix = '#/components/schemas/';

/** Undefined where the document does not hold the kind. */
export function findInDocument(
  { components: { schemas } }: SchemaDocument,
  apiVersion: string,
  kind: string,
): KindSchema | undefined {
  const schema = Object.values(schemas).find((each) =>
    each['x-kubernetes-group-version-kind']?.some(
      (name) =>
        name.kind === kind && (name.group === '' ? '' : `${name.group}/`) + name.version === apiVersion,
    ),
  );
  if (schema === undefined) return undefined;
  return {
    schema,
    refer(ref) {
      const name = ref.startsWith(referencePrefix) ? ref.slice(referencePrefix.length) : '';
      return Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    },
  };
}
