import type { ContainerSpec, Workload } from '../../pod-template.ts';
import type { WorkloadRule } from '../rule.ts';
import { fieldAt } from '../../json-fields.ts';
import { perContainer } from '../rule.ts';
import { documented } from '../source.ts';

/**
 * The API server fills a missing request with the limit of the same resource, so a limit alone is enough, and a missing
 * memory limit is one cause with or without a request. Resources of the whole Pod (spec.resources) cover its containers.
 */
export const noMemoryLimit: WorkloadRule = {
  id: 'NoMemoryLimit',
  severity: 'medium',
  category: 'resources',
  reason: 'one leak takes down its neighbours',
  source: documented(
    'Resource management for Pods and containers',
    'concepts/configuration/manage-resources-containers/',
  ),
  check: perContainer(
    (container, workload) => {
      if (has(container, workload, 'limits', 'memory')) return undefined;
      const requested = has(container, workload, 'requests', 'memory');
      return {
        fieldPath: `${container.path}.resources.limits.memory`,
        text: requested
          ? `Container "${container.name}" has a memory request but no limit: it can take all memory of its node and get other Pods killed.`
          : `Container "${container.name}" has neither a memory request nor a limit: it can take all memory of its node, and is among the first to be killed when memory runs short.`,
        fix: `Bound its memory: set ${container.path}.resources.limits.memory${requested ? '' : ' and requests.memory'} from what it uses under load (such as 256Mi).`,
      };
    },
    ['app', 'sidecar'],
  ),
};

export const noCpuRequest: WorkloadRule = {
  id: 'NoCpuRequest',
  severity: 'low',
  category: 'resources',
  reason: 'the scheduler packs Pods by their requests and takes none for nothing',
  source: documented(
    'Resource management for Pods and containers',
    'concepts/configuration/manage-resources-containers/',
  ),
  check: perContainer(
    (container, workload) => {
      if (has(container, workload, 'requests', 'cpu') || has(container, workload, 'limits', 'cpu'))
        return undefined;
      return {
        fieldPath: `${container.path}.resources.requests.cpu`,
        text: `Container "${container.name}" reserves no CPU: on a busy node it gets almost none, and autoscaling by CPU cannot work.`,
        fix: `Reserve CPU: set ${container.path}.resources.requests.cpu (such as 100m).`,
      };
    },
    ['app', 'sidecar'],
  ),
};

/** Info: a CPU limit is a choice (it throttles a program even on an idle node), not an omission. */
export const noCpuLimit: WorkloadRule = {
  id: 'NoCpuLimit',
  severity: 'info',
  category: 'resources',
  reason: 'tenants of a node can slow each other down',
  source: documented(
    'Resource management for Pods and containers',
    'concepts/configuration/manage-resources-containers/',
  ),
  check: perContainer(
    (container, workload) => {
      if (has(container, workload, 'limits', 'cpu') || !has(container, workload, 'requests', 'cpu'))
        return undefined;
      return {
        fieldPath: `${container.path}.resources.limits.cpu`,
        text: `Container "${container.name}" has a CPU request but no limit: it may use all idle CPU of its node.`,
        fix: `Set ${container.path}.resources.limits.cpu if tenants of the cluster must be kept apart; otherwise leave it.`,
      };
    },
    ['app', 'sidecar'],
  ),
};

function has(
  container: ContainerSpec,
  workload: Workload,
  list: 'limits' | 'requests',
  name: string,
): boolean {
  return (
    isSet(fieldAt(container.spec, 'resources', list, name)) ||
    isSet(fieldAt(workload.podSpec, 'resources', list, name))
  );
}

function isSet(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}
