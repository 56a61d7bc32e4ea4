import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying } from '../condition.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { settlingMs } from '../rollout-grace.ts';
import { scaleTargetProblem, type Utilization } from '../scale-target-problem.ts';
import { scalableKinds } from '../scale-target.ts';

export const scaledObject: Analyzer = {
  name: 'ScaledObject',
  judges: ['ScaledObject'],
  reads: [...scalableKinds, 'Event'],
  check: (look) => present([targetProblem(look) ?? notReady(look), onFallback(look)]),
};

function targetProblem(look: Look): Problem | undefined {
  return scaleTargetProblem(look, {
    name: 'ScaledObject',
    defaultKind: 'Deployment',
    utilizations: utilizations(look),
    metricsPath: 'spec.triggers',
  });
}

function utilizations(look: Look): readonly Utilization[] {
  return objectsAt(look.object, 'spec', 'triggers').flatMap((trigger) => {
    const resource = textAt(trigger, 'type');
    const type = textAt(trigger, 'metricType') || textAt(trigger, 'metadata', 'type') || 'Utilization';
    if ((resource !== 'cpu' && resource !== 'memory') || type !== 'Utilization') return [];
    const container = textAt(trigger, 'metadata', 'containerName');
    return [{ resource, ...(container === '' ? {} : { container }) }];
  });
}

/** By its condition; by its newest warning where it has none. */
function notReady(look: Look): Problem | undefined {
  const ready = conditionsAt(look, objectAt(look.object, 'status')).find(({ type }) => type === 'Ready');
  if (ready?.status === 'True' || (ready !== undefined && ready.ageMs < settlingMs)) return undefined;
  const event = look.events().at(-1);
  const warning = event === undefined || event.type === 'Normal' ? undefined : event;
  if (ready?.status !== 'False' && warning === undefined) return undefined;
  const said = ready?.status === 'False' ? saying(ready) : '';
  const warned = warning === undefined ? '' : look.quote(warning.message);
  return {
    id: 'ScaledObjectNotReady',
    severity: 'high',
    fieldPath: 'status.conditions{Ready}',
    text: `KEDA cannot scale its target: ${said || warned}`,
    fix: 'Correct what the message names: a trigger, its authentication, its server.',
    evidence: warning === undefined ? [] : [look.evidence(warning)],
    k8sgpt: { text: warned || said },
  };
}

function onFallback(look: Look): Problem | undefined {
  const fallback = conditionsAt(look, objectAt(look.object, 'status')).find(
    ({ type, status }) => type === 'Fallback' && status === 'True',
  );
  if (fallback === undefined) return undefined;
  return {
    id: 'ScalingFallback',
    severity: 'medium',
    fieldPath: 'status.conditions{Fallback}',
    text: `A trigger cannot be asked; the fallback number of replicas runs: ${saying(fallback)}`,
    fix: 'Look at what the trigger asks.',
  };
}
