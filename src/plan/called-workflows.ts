import { isObject, type Json, type JsonObject } from '../api/json.ts';
import { handlerSections } from './read-handlers.ts';

/** The built-in step type that runs the steps of a Workflow. */
export const callType = 'call-workflow';

/** The steps and sub-steps that `workflow` lists, handlers too; what is no object is left out. Nothing is checked. */
export function listedSteps(workflow: JsonObject): readonly JsonObject[] {
  const objects = (list: Json | undefined): readonly JsonObject[] =>
    Array.isArray(list) ? (list as readonly Json[]).filter(isObject) : [];
  const steps = ['steps', ...handlerSections].flatMap((key) => objects(workflow[key]));
  return steps.flatMap((step) => [step, ...objects(step['subSteps'])]);
}

/** The object of a run, or of a Workflow, that has its steps. */
export function bodyOf(value: Json): JsonObject {
  if (!isObject(value)) return {};
  const spec = isObject(value['spec']) ? value['spec'] : value;
  return isObject(spec['workflowSpec']) ? spec['workflowSpec'] : spec;
}

/** Names of the Workflows that the steps of `workflow` call, before anything is checked. */
export function calledWorkflows(workflow: JsonObject): ReadonlySet<string> {
  const names = listedSteps(workflow).map(({ type, properties }) =>
    type === callType && isObject(properties) ? properties['workflow'] : undefined,
  );
  return new Set(names.filter((name): name is string => typeof name === 'string' && name !== ''));
}

/** So many different Workflows a run may call: more are not even read. */
export const mostWorkflows = 100;

/**
 * The Workflows that `workflow` calls, those that these call, and so on, by name; what `find` does not know is left out.
 * `find` is asked once for each name.
 */
export async function allCalled<W>(
  workflow: JsonObject,
  find: (name: string) => Promise<W | undefined>,
  stepsOf: (found: W) => Json,
): Promise<ReadonlyMap<string, W>> {
  const found = new Map<string, W>();
  const asked = new Set<string>();
  const todo = [...calledWorkflows(workflow)];
  for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
    if (asked.has(name) || asked.size >= mostWorkflows) continue;
    asked.add(name);
    // oxlint-disable-next-line no-await-in-loop -- what a Workflow calls is known only when it was read
    const each = await find(name);
    if (each === undefined) continue;
    found.set(name, each);
    const value = stepsOf(each);
    todo.push(...calledWorkflows(bodyOf(value)));
  }
  return found;
}
