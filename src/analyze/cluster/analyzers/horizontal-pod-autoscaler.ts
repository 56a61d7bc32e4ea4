import { numberAt, objectAt, objectsAt, textAt } from '../../json-fields.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying, type Condition } from '../condition.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { settlingMs } from '../rollout-grace.ts';
import { scaleTargetProblem, type Utilization } from '../scale-target-problem.ts';
import { scalableKinds } from '../scale-target.ts';

export const horizontalPodAutoscaler: Analyzer = {
  name: 'HorizontalPodAutoscaler',
  judges: ['HorizontalPodAutoscaler'],
  reads: scalableKinds,
  check: (look) => {
    const target = scaleTargetProblem(look, {
      name: 'HorizontalPodAutoscaler',
      defaultKind: '',
      utilizations: isScaling(look) ? [] : utilizations(look),
      metricsPath: 'spec.metrics',
    });
    const conditions = conditionsAt(look, objectAt(look.object, 'status'));
    return present([target, ...conditions.map((each) => ofCondition(each, target)), unknownMetrics(look)]);
  },
};

/** What the controller says of a target that is not there, or that asks for nothing, is told with the target. */
const causedByTarget: Readonly<Record<string, readonly string[]>> = {
  ScaleTargetMissing: ['FailedGetScale'],
  ScaleTargetNotScalable: ['FailedGetScale'],
  RequestsMissing: ['FailedGetResourceMetric', 'FailedGetContainerResourceMetric'],
};

/** Where it scales by what it measures, the Pods have their requests from elsewhere, such as a LimitRange. */
function isScaling(look: Look): boolean {
  return conditionsAt(look, objectAt(look.object, 'status')).some(
    ({ type, status }) => type === 'ScalingActive' && status === 'True',
  );
}

/** The metrics that are a share of requests; without any the API server sets the CPU of all containers. */
function utilizations(look: Look): readonly Utilization[] {
  const metrics = objectsAt(look.object, 'spec', 'metrics');
  if (metrics.length === 0) return [{ resource: 'cpu' }];
  return metrics.flatMap((metric) => {
    const type = textAt(metric, 'type');
    const source = objectAt(metric, type === 'Resource' ? 'resource' : 'containerResource');
    if (textAt(source, 'target', 'type') !== 'Utilization') return [];
    const container = textAt(source, 'container');
    return [{ resource: textAt(source, 'name'), ...(container === '' ? {} : { container }) }];
  });
}

function ofCondition(condition: Condition, target: Problem | undefined): Problem | undefined {
  const { type, status, reason, message, ageMs } = condition;
  if (causedByTarget[target?.id ?? '']?.includes(reason) === true) return undefined;
  const base = { fieldPath: `status.conditions{${type}}`, k8sgpt: { text: message } };
  const said = saying(condition);
  if (type === 'ScalingLimited' && status === 'True') return limited(reason, said, base);
  if (type !== 'AbleToScale' && type !== 'ScalingActive') return undefined;
  // A new target has no metrics yet; after a step it pauses on purpose.
  if (status !== 'False' || ageMs < settlingMs || reason.startsWith('Backoff')) return undefined;
  if (reason === 'ScalingDisabled') {
    return {
      ...base,
      id: 'ScalingDisabled',
      severity: 'info',
      text: `The target has no replicas, which switches scaling off: ${said}`,
      fix: 'Scale the target to one replica or more when it should run.',
    };
  }
  return {
    ...base,
    id: type === 'AbleToScale' ? 'CannotScale' : 'ScalingInactive',
    severity: 'high',
    text: `${type === 'AbleToScale' ? 'The target cannot be scaled' : 'How many replicas are needed cannot be computed'}: ${said}`,
    fix:
      type === 'AbleToScale'
        ? 'Correct what the message names.'
        : 'Make the metrics available that the message names: a metrics server, an adapter, requests of the containers.',
  };
}

/** The lower bound is where an idle workload should be. */
function limited(
  reason: string,
  said: string,
  base: Pick<Problem, 'fieldPath' | 'k8sgpt'>,
): Problem | undefined {
  if (reason === 'TooFewReplicas') return undefined;
  const isAtMost = reason === 'TooManyReplicas';
  return {
    ...base,
    id: isAtMost ? 'ScalingAtMaximum' : 'ScalingRateLimited',
    severity: isAtMost ? 'medium' : 'info',
    text: `${isAtMost ? 'More replicas are needed than maxReplicas allows' : 'Scaling is slower than what the metrics ask for'}: ${said}`,
    fix: isAtMost
      ? 'Raise spec.maxReplicas if the cluster has room, or find out where the load comes from.'
      : 'Nothing, unless spec.behavior should allow larger steps.',
  };
}

/** One metric of several may be missing while the others keep the scaling active. */
function unknownMetrics(look: Look): Problem | undefined {
  const current = objectsAt(look.object, 'status', 'currentMetrics');
  if (!isScaling(look) || (numberAt(look.object, 'status', 'currentReplicas') ?? 0) === 0) return undefined;
  const metrics = objectsAt(look.object, 'spec', 'metrics');
  const unknown = metrics.map((_, index) => index).filter((index) => textAt(current[index], 'type') === '');
  if (unknown.length === 0) return undefined;
  const count =
    unknown.length === metrics.length ? 'No metric' : `Not every one of ${metrics.length} metrics`;
  return {
    id: 'MetricsUnknown',
    severity: 'medium',
    fieldPath: `spec.metrics[${unknown[0]}]`,
    text: `${count} has a current value, so they do not all count for the scaling.`,
    fix: 'Look at what should serve the metrics that kubectl shows as unknown.',
  };
}
