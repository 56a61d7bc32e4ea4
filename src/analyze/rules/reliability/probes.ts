import { isObject } from '../../../api/json.ts';
import type { ContainerSpec } from '../../pod-template.ts';
import type { WorkloadRule } from '../rule.ts';
import { fieldAt } from '../../json-fields.ts';
import { perContainer } from '../rule.ts';
import { documented } from '../source.ts';

export const noReadinessProbe: WorkloadRule = {
  id: 'NoReadinessProbe',
  severity: 'medium',
  category: 'availability',
  reason: 'a rollout of a broken version replaces every good Pod',
  source: documented(
    'Liveness, readiness and startup probes',
    'tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  ),
  check: perContainer(
    (container, workload) => {
      if (!workload.longRunning || hasProbe(container, 'readinessProbe')) return undefined;
      return {
        fieldPath: `${container.path}.readinessProbe`,
        text: `Container "${container.name}" has no readiness probe: it counts as ready as soon as it runs, so a rollout goes on and traffic arrives before it can answer.`,
        fix: `Add ${container.path}.readinessProbe, such as an httpGet of a path that answers only when the program can serve.`,
      };
    },
    ['app'],
  ),
};

export const noLivenessProbe: WorkloadRule = {
  id: 'NoLivenessProbe',
  severity: 'low',
  category: 'availability',
  reason: 'a hung program stays until a person notices',
  source: documented(
    'Liveness, readiness and startup probes',
    'tasks/configure-pod-container/configure-liveness-readiness-startup-probes/',
  ),
  check: perContainer(
    (container, workload) => {
      if (!workload.longRunning || hasProbe(container, 'livenessProbe')) return undefined;
      return {
        fieldPath: `${container.path}.livenessProbe`,
        text: `Container "${container.name}" has no liveness probe: if the program hangs, nothing restarts it.`,
        fix: `Add ${container.path}.livenessProbe, cheaper and more patient than the readiness probe.`,
      };
    },
    ['app'],
  ),
};

function hasProbe(container: ContainerSpec, field: string): boolean {
  return isObject(fieldAt(container.spec, field));
}
