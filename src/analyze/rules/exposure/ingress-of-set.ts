import type { KubeObject } from '../../../api/kube-object.ts';
import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { nameOf } from '../../object-name.ts';
import { namespaceOf, type ObjectSet } from '../../object-set.ts';
import { quoteText } from '../../quote-text.ts';
import type { SetRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Asked where the set holds a Service of the namespace: else all of them are given elsewhere. */
export const ingressServiceUnknown: SetRule = {
  id: 'IngressServiceUnknown',
  severity: 'medium',
  category: 'correctness',
  reason: 'who calls gets an error of the controller in place of an answer',
  source: documented('Ingress: rules', 'concepts/services-networking/ingress/#ingress-rules'),
  check: (set) =>
    ingresses(set).flatMap((object) => {
      const services = set.ofKind('Service').filter((each) => namespaceOf(each) === namespaceOf(object));
      if (services.length === 0) return [];
      const names = new Set(services.map(nameOf));
      return backendsOf(object)
        .filter(({ name }) => name !== '' && !names.has(name))
        .map(({ name, fieldPath }) => ({
          object,
          fieldPath,
          text: `It sends requests to the Service ${quoteText(name, 63)}, which is not among those that are given with it.`,
          fix: 'Name a Service of the same namespace, or add this one.',
        }));
    }),
};

function ingresses(set: ObjectSet): readonly KubeObject[] {
  return [...set.ofKind('Ingress.networking.k8s.io'), ...set.ofKind('Ingress.extensions')];
}

/** As both groups write them. */
function backendsOf(ingress: KubeObject): readonly { readonly name: string; readonly fieldPath: string }[] {
  const ofPaths = objectsAt(ingress, 'spec', 'rules').flatMap((rule, index) =>
    objectsAt(rule, 'http', 'paths').map((path, each) => ({
      backend: objectAt(path, 'backend'),
      at: `spec.rules[${index}].http.paths[${each}].backend`,
    })),
  );
  const ofAll = ['defaultBackend', 'backend'].map((field) => ({
    backend: objectAt(ingress, 'spec', field),
    at: `spec.${field}`,
  }));
  return [...ofAll, ...ofPaths].map(({ backend, at }) => {
    const old = textAt(backend, 'serviceName');
    return old === ''
      ? { name: textAt(backend, 'service', 'name'), fieldPath: `${at}.service.name` }
      : { name: old, fieldPath: `${at}.serviceName` };
  });
}
