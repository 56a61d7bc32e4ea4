import type { Json } from '../../api/json.ts';

/** The part of an OpenAPI v3 schema that says what an object of Kubernetes may hold. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly required?: readonly string[];
  readonly items?: OpenApiSchema;
  /** Of a map: the schema of its values. */
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly enum?: readonly Json[];
  readonly $ref?: string;
  /** Kubernetes writes a reference with a description of its own as one of a single part. */
  readonly allOf?: readonly OpenApiSchema[];
  readonly oneOf?: readonly OpenApiSchema[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
}

/** A kind, and what its schema refers to. */
export interface KindSchema {
  readonly schema: OpenApiSchema;
  /** Undefined for a name that the document does not hold. */
  refer(ref: string): OpenApiSchema | undefined;
}

/** Where schemas of kinds are looked up. */
export interface KindSchemas {
  /** For people: `Kubernetes 1.34`, `the cluster`; of what was found until now. */
  readonly source: string;
  /** Undefined for a kind that is not known there. Throws SluiceError as the cluster port does. */
  find(apiVersion: string, kind: string): Promise<KindSchema | undefined>;
}

/** Follows references until there is none. A reference to nothing, or in a circle, allows anything. */
export function resolveSchema(schema: OpenApiSchema, kind: KindSchema): OpenApiSchema {
  let current = schema;
  for (let depth = 0; depth < mostReferences; depth++) {
    const only = current.allOf?.length === 1 ? current.allOf[0] : undefined;
    const ref = current.$ref ?? only?.$ref;
    if (ref === undefined) return current;
    const target = kind.refer(ref) ?? {};
    // What a field says of itself goes before what its type says.
    const description = current.description ?? target.description;
    current = { ...target, ...(description === undefined ? {} : { description }) };
  }
  return {};
}

const mostReferences = 20;
