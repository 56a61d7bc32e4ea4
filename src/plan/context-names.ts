import { lookUp } from '../api/field-path.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import type { DraftStep } from './draft-step.ts';
import { propertyNames, schemaAt } from './schema-walk.ts';
import { didYouMean } from './suggest.ts';

/** Keys of `context` that are always there; `stepGroupName` is added inside a group, `outcome` in handlers. */
const builtInContext: readonly string[] = [
  'name',
  'namespace',
  'workflowName',
  'publishVersion',
  'stepName',
  'stepSessionID',
  'spanID',
];

type SeenFrom = Pick<DraftStep, 'space' | 'parent' | 'section'>;

/**
 * Whether `context` of a step has something at a path (without `context` itself). `runContext` is what `contextIn` makes of
 * `spec.context`. Of a run that is not known: always, but for parameters, which the Workflow declares.
 */
export function hasContext(
  path: readonly (string | number)[],
  runContext: JsonObject | undefined,
  step: SeenFrom,
): boolean {
  const [key, ...rest] = path;
  const { parameterSchema } = step.space;
  if (key === 'parameters' && parameterSchema !== undefined && !isObject(runContext?.['parameters']))
    return schemaAt(parameterSchema, rest, true).kind !== 'none';
  if (runContext === undefined) return true;
  if (typeof key === 'string' && Object.hasOwn(runContext, key))
    return lookUp(runContext, path) !== undefined;
  if (path.length !== 1 || typeof key !== 'string') return false;
  if (key === 'stepGroupName') return step.parent !== step.space.caller;
  return builtInContext.includes(key) || (key === 'outcome' && step.section !== undefined);
}

/** What is told of a path in which `hasContext` finds nothing, and the path that was most likely meant. */
export function unknownContext(
  path: readonly (string | number)[],
  runContext: JsonObject | undefined,
  step: SeenFrom,
): { readonly why: string; readonly suggestion?: string } {
  const [key = '', name = ''] = path.map(String);
  const { parameterSchema } = step.space;
  if (key === 'parameters' && parameterSchema !== undefined) {
    const near = didYouMean(name, propertyNames(parameterSchema)).suggestion;
    const meant = near === undefined ? {} : { suggestion: `context.parameters.${near}` };
    return { why: 'the Workflow declares no such parameter', ...meant };
  }
  const near = didYouMean(key, Object.keys(runContext ?? {})).suggestion;
  return {
    why: 'it is neither built in nor in spec.context',
    ...(near === undefined ? {} : { suggestion: `context.${near}` }),
  };
}
