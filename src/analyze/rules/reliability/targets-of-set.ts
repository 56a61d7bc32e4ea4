import { textAt } from '../../json-fields.ts';
import { nameOf } from '../../object-name.ts';
import { kindOf, namespaceOf } from '../../object-set.ts';
import { quoteText } from '../../quote-text.ts';
import type { SetRule } from '../rule.ts';
import { documented } from '../source.ts';

const scalable: ReadonlySet<string> = new Set([
  'Deployment.apps',
  'StatefulSet.apps',
  'ReplicaSet.apps',
  'ReplicationController',
]);

/** Asked where the set holds something of the namespace that an autoscaler could be for. */
export const autoscalerTargetUnknown: SetRule = {
  id: 'AutoscalerTargetUnknown',
  severity: 'medium',
  category: 'correctness',
  reason: 'nothing is scaled, and load is not cared for',
  source: documented(
    'Horizontal Pod autoscaling',
    'concepts/workloads/autoscaling/horizontal-pod-autoscale/',
  ),
  check: (set) =>
    set.ofKind('HorizontalPodAutoscaler.autoscaling').flatMap((object) => {
      const [apiVersion, kind, name] = ['apiVersion', 'kind', 'name'].map((field) =>
        textAt(object, 'spec', 'scaleTargetRef', field),
      );
      const wanted = kindOf({ apiVersion: apiVersion ?? '', kind: kind ?? '', metadata: {} });
      const near = set.objects.filter(
        (each) => scalable.has(kindOf(each)) && namespaceOf(each) === namespaceOf(object),
      );
      const isThere = near.some((each) => kindOf(each) === wanted && nameOf(each) === name);
      if (!scalable.has(wanted) || near.length === 0 || isThere) return [];
      const target = `${quoteText(kind ?? '', 63)} ${quoteText(name ?? '', 253)}`;
      return [
        {
          object,
          fieldPath: 'spec.scaleTargetRef.name',
          text: `The autoscaler is for ${target}, which is not among what is given with it.`,
          fix: 'Name what it is to scale in spec.scaleTargetRef, or remove the autoscaler.',
        },
      ];
    }),
};

/** Asked where the set holds a Service of the namespace: else all of them are given elsewhere. */
export const statefulSetServiceUnknown: SetRule = {
  id: 'StatefulSetServiceUnknown',
  severity: 'medium',
  category: 'correctness',
  reason: 'its Pods have no names by which they, and clients, find each other',
  source: documented(
    'StatefulSets: stable network ID',
    'concepts/workloads/controllers/statefulset/#stable-network-id',
  ),
  check: (set) =>
    set.ofKind('StatefulSet.apps').flatMap((object) => {
      const name = textAt(object, 'spec', 'serviceName');
      const near = set.ofKind('Service').filter((each) => namespaceOf(each) === namespaceOf(object));
      if (name === '' || near.length === 0 || near.some((each) => nameOf(each) === name)) return [];
      return [
        {
          object,
          fieldPath: 'spec.serviceName',
          text: `Its Service ${quoteText(name, 63)} is not among those that are given with it.`,
          fix: 'Set spec.serviceName to the name of the headless Service that selects its Pods.',
        },
      ];
    }),
};
