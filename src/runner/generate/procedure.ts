import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { parameters, type ParameterName } from './parameters.ts';

/** Values by the names of parameters, checked and with their defaults. */
export type Variables = JsonObject;

/** A named way to make manifests. Its output is as secure as the audit rules ask, whatever the variables. */
export interface Procedure {
  /** Such as `web-service`. */
  readonly name: string;
  readonly description: string;
  /** Words of a request that mean it; longer ones go before shorter ones of others. */
  readonly words: readonly string[];
  readonly required: readonly ParameterName[];
  readonly optional: readonly ParameterName[];
  /** Of these one is needed. */
  readonly oneOf?: readonly ParameterName[];
  /** What is wrong with variables that fit their schemas each by itself. */
  faultsOf?(variables: Variables): readonly string[];
  /** In the order in which they are applied. `namespace` is where they go; '' for a kind without one. */
  make(variables: Variables, namespace: string): readonly KubeObject[];
}

/** JSON Schema of a procedure's variables; those of `oneOf` are optional in it. */
export function variablesSchema({ description, required, optional }: Procedure): JsonObject {
  const names = [...required, ...optional];
  return {
    type: 'object',
    description,
    required,
    properties: Object.fromEntries(names.map((name) => [name, parameters[name].schema])),
    additionalProperties: false,
  };
}
