import { fieldAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { missing, present } from '../reference.ts';
import { endpointsOf } from '../service-endpoints.ts';

export const ingress: Analyzer = {
  name: 'Ingress',
  judges: ['Ingress'],
  reads: ['IngressClass', 'Service', 'EndpointSlice', 'Pod', 'Secret'],
  check: (look) => present([ingressClass(look), ...services(look), ...notReady(look), ...secrets(look)]),
};

/** Classes that their controller serves without an IngressClass object. */
const builtIn: ReadonlySet<string> = new Set(['gce', 'gce-internal']);

function ingressClass(look: Look): Problem | undefined {
  const legacy = textAt(look.object, 'metadata', 'annotations', 'kubernetes.io/ingress.class');
  const name = textAt(look.object, 'spec', 'ingressClassName') || legacy;
  if (name === '') return withoutClass(look);
  if (builtIn.has(name)) return undefined;
  return missing(look, { kind: 'IngressClass', namespace: '', name }, () => ({
    id: 'IngressClassMissing',
    // Controllers also serve the legacy annotation without an object.
    severity: name === legacy ? 'low' : 'high',
    fieldPath: 'spec.ingressClassName',
    text: `There is no IngressClass ${quoteText(name, 253)}: no controller takes up the Ingress.`,
    fix: 'Name an IngressClass that the cluster has, or install its controller.',
    k8sgpt: { text: `Ingress uses the ingress class ${quoteText(name, 253)} which does not exist.` },
  }));
}

function withoutClass(look: Look): Problem | undefined {
  const isDefault = look
    .known('IngressClass')
    .some(
      (each) =>
        fieldAt(each, 'metadata', 'annotations', 'ingressclass.kubernetes.io/is-default-class') === 'true',
    );
  if (isDefault) return undefined;
  return {
    id: 'IngressClassUnset',
    severity: 'medium',
    fieldPath: 'spec.ingressClassName',
    text: 'The Ingress names no class, and no class is known to be the default one.',
    fix: 'Set spec.ingressClassName.',
    k8sgpt: { text: `Ingress ${look.namespace}/${look.name} does not specify an Ingress class.` },
  };
}

/** The Services that it routes to, and where it names them. */
function backendsOf(look: Look): readonly { readonly fieldPath: string; readonly name: string }[] {
  const backends = [
    { path: 'spec.defaultBackend', backend: fieldAt(look.object, 'spec', 'defaultBackend') },
    ...objectsAt(look.object, 'spec', 'rules').flatMap((rule, index) =>
      objectsAt(rule, 'http', 'paths').map((each, place) => ({
        path: `spec.rules[${index}].http.paths[${place}].backend`,
        backend: fieldAt(each, 'backend'),
      })),
    ),
  ];
  return backends
    .map(({ path, backend }) => ({
      fieldPath: `${path}.service.name`,
      name: textAt(backend, 'service', 'name'),
    }))
    .filter(({ name }) => name !== '');
}

function services(look: Look): readonly (Problem | undefined)[] {
  return backendsOf(look).map(({ fieldPath, name }) =>
    missing(look, { kind: 'Service', namespace: look.namespace, name }, () => ({
      id: 'ServiceMissing',
      severity: 'high',
      fieldPath,
      text: `There is no Service ${quoteText(name, 63)} in namespace ${look.namespace}.`,
      fix: 'Make the Service, or correct the name.',
      k8sgpt: {
        text: `Ingress uses the service ${look.namespace}/${quoteText(name, 63)} which does not exist.`,
      },
    })),
  );
}

/** Services that nobody can reach by it, each once. Files without endpoints say nothing of it. */
function notReady(look: Look): readonly (Problem | undefined)[] {
  if (!look.isGiven('EndpointSlice')) return [];
  const places = new Map(
    backendsOf(look)
      .toReversed()
      .map(({ name, fieldPath }) => [name, fieldPath]),
  );
  return [...places].toReversed().map(([name, fieldPath]) => {
    const service = look.find('Service', look.namespace, name);
    const endpoints = typeof service === 'object' ? endpointsOf(look, service) : undefined;
    if (endpoints === undefined || !(endpoints.isEmpty || endpoints.isDown)) return undefined;
    return {
      id: 'BackendNotReady',
      severity: 'high',
      fieldPath,
      text: `Service ${quoteText(name, 63)}, which it routes to, has no Pod that is ready.`,
      fix: 'Look at the Service and its Pods.',
    };
  });
}

function secrets(look: Look): readonly (Problem | undefined)[] {
  return objectsAt(look.object, 'spec', 'tls').map((each, index) => {
    const name = textAt(each, 'secretName');
    if (name === '') return undefined;
    return missing(look, { kind: 'Secret', namespace: look.namespace, name }, () => ({
      id: 'TlsSecretMissing',
      severity: 'high',
      fieldPath: `spec.tls[${index}].secretName`,
      text: `There is no Secret ${quoteText(name, 253)} with a certificate.`,
      fix: 'Make the Secret, or let cert-manager make it.',
      k8sgpt: {
        text: `Ingress uses the secret ${look.namespace}/${quoteText(name, 253)} as a TLS certificate which does not exist.`,
      },
    }));
  });
}
