import { isObject, type Json } from '../api/json.ts';
import type { StepTypeFault } from './step-type.ts';

/**
 * In place of the errors of a definition that says itself that only a workflow of an Application can use it: KubeVela's catalogue has
 * such ones, and whoever installs it as a whole has done nothing wrong. Undefined where an error is one.
 */
export function leftOut(
  name: string,
  labels: Json | undefined,
  faults: readonly StepTypeFault[],
): StepTypeFault | undefined {
  const first = faults.find(({ severity }) => severity === 'error');
  if (first === undefined || !isObject(labels) || labels[scope] !== 'Application') return undefined;
  const why = first.message.replace(`step type ${name}: `, '');
  const message = `step type ${name} is for workflows of Applications alone, as its label ${scope} says, and not to be used here: ${why}`;
  const { suggestion: _suggestion, ...place } = first;
  return { ...place, code: 'ApplicationOnly', severity: 'warning', message };
}

const scope = 'custom.definition.oam.dev/scope';
