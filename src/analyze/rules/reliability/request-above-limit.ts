import { parseQuantity } from '../../../cluster/memory/admission/quantity.ts';
import { fieldAt, objectAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';
import { leastMemoryBytes } from './memory-unit.ts';

/**
 * Such a Pod is never created, so this counts as broken now and not as badly written. A memory limit that is written in the
 * wrong unit is told by the rule about units.
 */
export const requestAboveLimit: WorkloadRule = {
  id: 'RequestAboveLimit',
  severity: 'critical',
  category: 'runtime',
  reason: 'the API server refuses such a Pod, and its controller tries for ever',
  source: documented(
    'Resource management: requests and limits',
    'concepts/configuration/manage-resources-containers/#requests-and-limits',
  ),
  check: perContainer((container) => {
    const limits = objectAt(container.spec, 'resources', 'limits');
    for (const name of Object.keys(limits)) {
      const request = amountOf(fieldAt(container.spec, 'resources', 'requests', name));
      const limit = amountOf(limits[name]);
      if (request === undefined || limit === undefined || request <= limit) continue;
      if (name === 'memory' && limit < leastMemoryBytes) continue;
      const resource = quoteText(name, 100);
      return {
        fieldPath: `${container.path}.resources.requests.${resource}`,
        text: `Container "${container.name}" requests more ${resource} than its limit allows.`,
        fix: `Raise ${container.path}.resources.limits.${resource}, or lower the request to it.`,
      };
    }
    return undefined;
  }),
};

function amountOf(value: unknown): number | undefined {
  return typeof value === 'string' || typeof value === 'number' ? parseQuantity(String(value)) : undefined;
}
