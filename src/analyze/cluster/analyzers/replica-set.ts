import { conditionOf } from '../../diagnosis/pod-view.ts';
import { numberAt, textAt } from '../../json-fields.ts';
import type { Analyzer } from '../analyzer.ts';

export const replicaSet: Analyzer = {
  name: 'ReplicaSet',
  judges: ['ReplicaSet'],
  reads: ['Pod'],
  check: (look) => {
    const condition = conditionOf(look.object, 'ReplicaFailure');
    const isFailing =
      textAt(condition, 'reason') === 'FailedCreate' && textAt(condition, 'status') !== 'False';
    const count = numberAt(look.object, 'status', 'replicas') ?? 0;
    if (!isFailing || (count > 0 && count >= (numberAt(look.object, 'spec', 'replicas') ?? 1))) return [];
    const message = look.quote(textAt(condition, 'message'));
    return [
      {
        id: 'FailedCreate',
        severity: 'high',
        fieldPath: 'spec.template',
        text: `The API server refuses its Pods: ${message}`,
        fix: 'Change the Pod template or what refuses it: a quota, an admission webhook, Pod Security, a missing service account.',
        ...(count > 0 ? {} : { k8sgpt: { text: message } }),
      },
    ];
  },
};
