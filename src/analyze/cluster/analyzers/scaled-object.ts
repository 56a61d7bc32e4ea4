import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying } from '../condition.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { settlingMs } from '../rollout-grace.ts';
import { scalableKinds, scaleTargetOf, withoutRequest } from '../scale-target.ts';

export const scaledObject: Analyzer = {
  name: 'ScaledObject',
  judges: ['ScaledObject'],
  reads: [...scalableKinds, 'Event'],
  check: (look) => present([targetProblem(look) ?? notReady(look), onFallback(look)]),
};

function targetProblem(look: Look): Problem | undefined {
  const reference = objectAt(look.object, 'spec', 'scaleTargetRef');
  const kind = textAt(reference, 'kind') || 'Deployment';
  const name = quoteText(textAt(reference, 'name'), 253);
  const shown = `${quoteText(kind, 63)}/${name}`;
  const target = scaleTargetOf(look, reference, kind);
  const base = { severity: 'high' as const, fieldPath: 'spec.scaleTargetRef' };
  if (target.state === 'notScalable') {
    return {
      ...base,
      id: 'ScaleTargetNotScalable',
      text: `Objects of kind ${quoteText(kind, 63)} cannot be scaled.`,
      fix: 'Name a Deployment, a StatefulSet, or another kind that has a scale subresource, with its apiVersion.',
      k8sgpt: { text: `ScaledObject uses ${quoteText(kind, 63)} as ScaleTargetRef which is not an option.` },
    };
  }
  if (target.state === 'missing') {
    return {
      ...base,
      id: 'ScaleTargetMissing',
      missing: { kind, namespace: look.namespace, name: textAt(reference, 'name') },
      text: `There is no ${shown} in namespace ${look.namespace} to scale.`,
      fix: 'Correct the name in spec.scaleTargetRef, or delete the ScaledObject.',
      k8sgpt: { text: `ScaledObject uses ${shown} as ScaleTargetRef which does not exist.` },
    };
  }
  if (target.state !== 'found') return undefined;
  const lacking = utilizations(look).flatMap(({ resource, container }) =>
    withoutRequest(target.object, resource, container),
  );
  if (lacking.length === 0) return undefined;
  return {
    ...base,
    id: 'RequestsMissing',
    fieldPath: 'spec.triggers',
    text: `It scales by a share of what containers request, and these of ${shown} request nothing: ${[...new Set(lacking)].slice(0, 10).join(', ')}.`,
    fix: 'Set resources.requests of every container of the target.',
    k8sgpt: {
      text: `${quoteText(kind, 63)} ${look.namespace}/${name} does not have resource configured.`,
    },
  };
}

function utilizations(look: Look): readonly { readonly resource: string; readonly container?: string }[] {
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
