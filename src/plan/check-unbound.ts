import { stringifyJson } from '../api/json.ts';
import type { InputSource } from './check-inputs.ts';
import type { DraftStep } from './draft-step.ts';
import { lineage, type Edges } from './edges.ts';

/**
 * Warns of a step behind a gate that applies to another cluster exactly what the gate judges, and does not require it: it
 * would run on the word of a condition alone. Where anything but the cluster differs, `requires` would refuse the step.
 */
export function checkUnbound(
  steps: readonly DraftStep[],
  sources: ReadonlyMap<DraftStep, readonly InputSource[]>,
  edges: ReadonlyMap<DraftStep, Edges>,
): void {
  const gates = steps.filter(
    ({ stepType, properties }) => stepType?.isGate === true && properties['mode'] !== 'observe',
  );
  const isBound = (step: DraftStep): boolean => lineage(step).some(({ requires }) => requires.length > 0);
  for (const step of gates.length === 0 ? [] : steps) {
    if (step.isGroup || isBound(step) || clusterOf(step) === '') continue;
    const gate = gates.find(
      (each) =>
        isBehind(step, each, edges) &&
        (sources.get(each) ?? []).some(
          ({ input, producer }) => input.target?.[0] === 'subject' && isSameElsewhere(step, producer),
        ),
    );
    if (gate === undefined) continue;
    step.reader.faults.warn(
      'UnboundStep',
      step.reader.place('properties', 'cluster'),
      `step "${step.name}" applies to cluster "${clusterOf(step)}" what the gate "${gate.name}" judges, but does not require it: an edit of either would go unjudged, and the credentials of the cluster do not wait for the gate`,
      { suggestion: `requires: [${gate.name}]` },
    );
  }
}

/** It waits for the gate, asks how it ended, or stands after it in a list whose failures it does not survive. */
function isBehind(step: DraftStep, gate: DraftStep, edges: ReadonlyMap<DraftStep, Edges>): boolean {
  const { after = [], conditionReads = [] } = edges.get(step) ?? {};
  if (after.includes(gate) || conditionReads.includes(gate)) return true;
  const isListed = step.siblingMode === 'StepByStep' && step.parent === gate.parent;
  return isListed && gate.position < step.position && step.condition === undefined;
}

function isSameElsewhere(step: DraftStep, other: DraftStep): boolean {
  const isElsewhere = clusterOf(step) !== clusterOf(other);
  return isElsewhere && step.type === other.type && contentOf(step) === contentOf(other);
}

function clusterOf({ properties }: DraftStep): string {
  const { cluster } = properties;
  return typeof cluster === 'string' ? cluster : '';
}

function contentOf({ properties }: DraftStep): string {
  const { cluster: _cluster, ...content } = properties;
  return stringifyJson(content);
}
