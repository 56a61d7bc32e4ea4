import type { KubeObject } from '../../../api/kube-object.ts';
import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { hasLabels } from '../../label-match.ts';
import { namespaceOf, podLabelsOf, type ObjectSet } from '../../object-set.ts';
import type { Workload } from '../../pod-template.ts';
import { quoteText } from '../../quote-text.ts';
import type { SetRule } from '../rule.ts';
import { documented } from '../source.ts';

const source = documented(
  'Service: defining a Service',
  'concepts/services-networking/service/#defining-a-service',
);

/** Asked where the set holds something that runs Pods beside the Service: what it selects may be given elsewhere. */
export const serviceSelectsNothing: SetRule = {
  id: 'ServiceSelectsNothing',
  severity: 'high',
  category: 'correctness',
  reason: 'every connection to it is refused',
  source,
  check: (set) =>
    selectingServices(set)
      .filter(
        ({ object, selected }) => selected.length === 0 && set.workloadsIn(namespaceOf(object)).length > 0,
      )
      .map(({ object }) => ({
        object,
        fieldPath: 'spec.selector',
        text: 'The Service selects none of the Pods that are given with it.',
        fix: 'Make spec.selector ask for labels of a Pod template (spec.template.metadata.labels).',
      })),
};

export const servicePortUnknown: SetRule = {
  id: 'ServicePortNameUnknown',
  severity: 'high',
  category: 'correctness',
  reason: 'the port has no Pod behind it, and every connection to it is refused',
  source,
  check: (set) =>
    selectingServices(set).flatMap(({ object, selected }) =>
      objectsAt(object, 'spec', 'ports').flatMap((port, index) => {
        const name = textAt(port, 'targetPort');
        if (name === '' || selected.length === 0 || selected.some((workload) => hasPort(workload, name)))
          return [];
        return [
          {
            object,
            fieldPath: `spec.ports[${index}].targetPort`,
            text: `No container that the Service selects has a port named ${quoteText(name, 63)}.`,
            fix: `Name a port of the container so, or set spec.ports[${index}].targetPort to its number.`,
          },
        ];
      }),
    ),
};

function selectingServices(
  set: ObjectSet,
): readonly { readonly object: KubeObject; readonly selected: readonly Workload[] }[] {
  return set
    .ofKind('Service')
    .filter((service) => textAt(service, 'spec', 'type') !== 'ExternalName')
    .map((object) => ({ object, selector: objectAt(object, 'spec', 'selector') }))
    .filter(({ selector }) => Object.keys(selector).length > 0)
    .map(({ object, selector }) => ({
      object,
      selected: set.workloadsIn(namespaceOf(object)).filter((each) => hasLabels(selector, podLabelsOf(each))),
    }));
}

function hasPort({ containers }: Workload, name: string): boolean {
  return containers.some(({ spec }) =>
    objectsAt(spec, 'ports').some((port) => textAt(port, 'name') === name),
  );
}
