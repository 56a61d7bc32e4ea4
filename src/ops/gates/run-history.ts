import { digestOf } from '../../gate/digest.ts';
import type { PastRun } from '../../gate/evaluate/gate-input.ts';
import type { GatePolicy } from '../../gate/policy/policy.ts';
import type { OpContext } from '../op.ts';

const mostRead = 1000;

/**
 * Earlier runs of this gate that passed, newest first: as many as its comparisons can use, and only their values.
 * `storedDigest` is that of the policy as verdicts name it; of an ai-gate, `policy` is only the rules.
 */
export async function runHistory(
  policy: GatePolicy,
  storedDigest: string,
  context: OpContext,
): Promise<readonly PastRun[]> {
  const compared = policy.objectives.flatMap(({ id, compare }) =>
    compare === undefined ? [] : [{ id, ...compare }],
  );
  if (compared.length === 0) return [];
  const wanted = Math.max(...compared.map(({ count }) => count));
  const { run, step, verdicts } = context;
  const all = await verdicts.history(run.namespace, step.name, storedDigest, mostRead);
  const policyDigest = digestOf(policy.text);
  const ids = new Set(compared.map(({ id }) => id));
  return all
    .filter((past) => past.outcome === 'pass' && past.invalid === undefined && Number.isFinite(past.atMs))
    .slice(0, wanted)
    .map((past) => ({
      ...past,
      policyDigest,
      values: Object.fromEntries(Object.entries(past.values).filter(([id]) => ids.has(id))),
    }));
}
