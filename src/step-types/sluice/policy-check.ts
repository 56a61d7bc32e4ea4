import type { OpSpec } from '../../api/op-spec.ts';
import type { OpEntry, Program } from './program.ts';

/** The check of a policy by the ops that get the whole parameter as `with.policy`; undefined where there is none. */
export function policyCheckOf({ entries }: Program): OpSpec['checkPolicy'] {
  const checks = entries.flatMap((entry) => {
    const check = entry.kind === 'op' && takesParameter(entry) ? entry.spec.checkPolicy : undefined;
    return check === undefined ? [] : [check];
  });
  if (checks.length === 0) return undefined;
  return (parameter, isFilled) => checks.flatMap((check) => check(parameter, isFilled));
}

function takesParameter({ params }: OpEntry): boolean {
  const policy = params.kind === 'map' ? params.entries.find(({ key }) => key === 'policy')?.tree : undefined;
  if (policy?.kind !== 'expression') return false;
  const { expr } = policy.placed;
  return expr.kind === 'path' && expr.from === 'parameter' && expr.steps.length === 0;
}
