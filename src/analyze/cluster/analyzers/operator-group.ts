import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer } from '../analyzer.ts';

/** Told once a namespace, of the first group by name. */
export const operatorGroup: Analyzer = {
  name: 'OperatorGroup',
  judges: ['OperatorGroup'],
  reads: [],
  check: (look) => {
    const groups = look
      .known('OperatorGroup')
      .filter((each) => textAt(each, 'metadata', 'namespace') === look.namespace)
      .map((each) => textAt(each, 'metadata', 'name'));
    if (groups.length < 2 || groups[0] !== look.name) return [];
    return [
      {
        id: 'SeveralOperatorGroups',
        severity: 'high',
        text: `Namespace ${look.namespace} has ${groups.length} OperatorGroups (${quoteText(groups.join(', '), 300)}): OLM installs no operator there.`,
        fix: 'Delete all but one of them.',
        k8sgpt: {
          text: `${groups.length} OperatorGroups in namespace; this can break CSV resolution`,
          name: look.namespace,
        },
      },
    ];
  },
};
