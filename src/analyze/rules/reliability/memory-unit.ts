import { parseQuantity } from '../../../cluster/memory/admission/quantity.ts';
import { fieldAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer, type WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Less than any process needs: the unit is wrong. */
export const leastMemoryBytes: number = 1024 * 1024;

export const memoryUnit: WorkloadRule = {
  id: 'MemoryUnitWrong',
  severity: 'high',
  category: 'resources',
  reason: 'a lower-case m means a thousandth of a byte, and no unit means bytes',
  source: documented(
    'Resource management: memory resource units',
    'concepts/configuration/manage-resources-containers/#meaning-of-memory',
  ),
  check: perContainer((container) => {
    for (const list of ['limits', 'requests']) {
      const written = fieldAt(container.spec, 'resources', list, 'memory');
      const text = typeof written === 'string' || typeof written === 'number' ? String(written) : '';
      const bytes = parseQuantity(text);
      if (bytes === undefined || bytes === 0 || bytes >= leastMemoryBytes) continue;
      const fieldPath = `${container.path}.resources.${list}.memory`;
      return {
        fieldPath,
        text: `Container "${container.name}" has ${quoteText(text, 64)} of memory in its ${list}, which is ${bytes < 1 ? 'less than a byte' : `${bytes} bytes`}.`,
        fix: `Write the unit: set ${fieldPath} to a number of Mi or Gi, such as 256Mi.`,
      };
    }
    return undefined;
  }),
};
