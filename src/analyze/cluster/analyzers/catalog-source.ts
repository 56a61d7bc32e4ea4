import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer } from '../analyzer.ts';
import { settlingMs, sinceMs } from '../rollout-grace.ts';

export const catalogSource: Analyzer = {
  name: 'CatalogSource',
  judges: ['CatalogSource'],
  reads: [],
  check: (look) => {
    const state = quoteText(textAt(look.object, 'status', 'connectionState', 'lastObservedState'), 60);
    const since = textAt(look.object, 'status', 'connectionState', 'lastConnect');
    if (state === '' || state.toUpperCase() === 'READY' || sinceMs(look, since) < settlingMs) return [];
    const address = look.quote(textAt(look.object, 'status', 'connectionState', 'address'));
    // A connection that nobody uses is closed.
    const isIdle = state.toUpperCase() === 'IDLE';
    return [
      {
        id: 'CatalogNotConnected',
        severity: isIdle ? 'info' : 'high',
        fieldPath: 'status.connectionState.lastObservedState',
        text: `The catalog at ${address || 'an address that it does not name'} cannot be asked: its connection is ${state}.`,
        fix: 'Look at the Pod and the Service of the catalog.',
        k8sgpt: { text: `connectionState=${state} (address=${address})` },
      },
    ];
  },
};
