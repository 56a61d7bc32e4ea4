import { lookUp } from '../api/field-path.ts';
import type { JsonObject } from '../api/json.ts';
import type { DraftStep } from './draft-step.ts';

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

/** Whether `context` of a step has something at a path (without `context` itself). Of a run that is not known: always. */
export function hasContext(
  path: readonly (string | number)[],
  runContext: JsonObject | undefined,
  step: DraftStep,
): boolean {
  if (runContext === undefined) return true;
  const [key] = path;
  if (typeof key === 'string' && Object.hasOwn(runContext, key))
    return lookUp(runContext, path) !== undefined;
  if (path.length !== 1 || typeof key !== 'string') return false;
  if (key === 'stepGroupName') return step.parent !== undefined;
  return builtInContext.includes(key) || (key === 'outcome' && step.section !== undefined);
}
