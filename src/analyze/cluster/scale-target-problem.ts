import { objectAt, textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import type { Problem } from './analyzer.ts';
import type { Look } from './look.ts';
import { scaleTargetOf, withoutRequest } from './scale-target.ts';

/** A metric that is a share of what containers request, of all or of one. */
export interface Utilization {
  readonly resource: string;
  readonly container?: string;
}

export interface Scaler {
  /** What the scaler is, as k8sgpt calls it, too. */
  readonly name: 'HorizontalPodAutoscaler' | 'ScaledObject';
  /** Of the target where `scaleTargetRef` says none. */
  readonly defaultKind: string;
  readonly utilizations: readonly Utilization[];
  /** Where these are written. */
  readonly metricsPath: string;
}

/** What is wrong with what `spec.scaleTargetRef` names. */
export function scaleTargetProblem(look: Look, scaler: Scaler): Problem | undefined {
  const reference = objectAt(look.object, 'spec', 'scaleTargetRef');
  const kind = textAt(reference, 'kind') || scaler.defaultKind;
  const shownKind = quoteText(kind, 63);
  const name = quoteText(textAt(reference, 'name'), 253);
  const target = scaleTargetOf(look, reference, kind);
  const base = { severity: 'high' as const, fieldPath: 'spec.scaleTargetRef' };
  if (target.state === 'notScalable') {
    return {
      ...base,
      id: 'ScaleTargetNotScalable',
      text: `Objects of kind ${shownKind} cannot be scaled.`,
      fix: 'Name a Deployment, a StatefulSet, or another kind that has a scale subresource, with its apiVersion.',
      k8sgpt: { text: `${scaler.name} uses ${shownKind} as ScaleTargetRef which is not an option.` },
    };
  }
  if (target.state === 'missing') {
    return {
      ...base,
      id: 'ScaleTargetMissing',
      missing: { kind, namespace: look.namespace, name: textAt(reference, 'name') },
      text: `There is no ${shownKind}/${name} in namespace ${look.namespace} to scale.`,
      fix: `Correct the name in spec.scaleTargetRef, or delete the ${scaler.name}.`,
      k8sgpt: { text: `${scaler.name} uses ${shownKind}/${name} as ScaleTargetRef which does not exist.` },
    };
  }
  if (target.state !== 'found') return undefined;
  const lacking = scaler.utilizations.flatMap(({ resource, container }) =>
    withoutRequest(target.object, resource, container).map((each) => `${each} (${quoteText(resource, 63)})`),
  );
  if (lacking.length === 0) return undefined;
  return {
    ...base,
    id: 'RequestsMissing',
    fieldPath: scaler.metricsPath,
    text: `Utilization is a share of what a container requests, and these of ${shownKind}/${name} request nothing: ${[...new Set(lacking)].slice(0, 10).join(', ')}.`,
    fix: 'Set resources.requests of every container of the target.',
    k8sgpt: { text: `${shownKind} ${look.namespace}/${name} does not have resource configured.` },
  };
}
