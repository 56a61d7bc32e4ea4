import type { JsonObject } from '../api/json.ts';
import type { DraftStep } from './draft-step.ts';

/** What the steps of one workflow share: names and outputs of their own, and the parameters that it declares. */
export interface NameSpace {
  /** The step that calls the workflow. Undefined: it is the run's own. */
  readonly caller: DraftStep | undefined;
  /** Name of the Workflow. Undefined: a run that has its steps itself. */
  readonly workflow: string | undefined;
  /** JSON Schema of `context.parameters`. Undefined: the workflow declares none. */
  readonly parameterSchema: JsonObject | undefined;
  /** Undefined where they are known only when the workflow begins, or there are none. */
  readonly parameters: JsonObject | undefined;
}

/** `spec.context` as the steps of a workflow see it; undefined where the run is not known. */
export function contextIn(
  { parameterSchema, parameters }: NameSpace,
  runContext: JsonObject | undefined,
): JsonObject | undefined {
  if (runContext === undefined || parameterSchema === undefined) return runContext;
  const { parameters: _other, ...rest } = runContext;
  return parameters === undefined ? rest : { ...rest, parameters };
}
