import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';

/** What is wrong with the Services that the rules of a route send to; each Service and port once. */
export function backendProblems(look: Look): readonly Problem[] {
  const problems = present(
    backendsOf(look.object).map(({ reference, fieldPath }) => backendProblem(look, reference, fieldPath)),
  );
  const byCause = new Map(problems.toReversed().map((problem) => [problem.text, problem]));
  return problems.filter((problem) => byCause.get(problem.text) === problem);
}

interface Backend {
  readonly reference: JsonObject;
  readonly fieldPath: string;
}

/** Where requests go, and where they are mirrored to. */
function backendsOf(route: KubeObject): readonly Backend[] {
  return objectsAt(route, 'spec', 'rules').flatMap((rule, index) => {
    const path = `spec.rules[${index}]`;
    return [
      ...objectsAt(rule, 'backendRefs').map((reference, place) => ({
        reference,
        fieldPath: `${path}.backendRefs[${place}]`,
      })),
      ...objectsAt(rule, 'filters').map((filter, place) => ({
        reference: objectAt(filter, 'requestMirror', 'backendRef'),
        fieldPath: `${path}.filters[${place}].requestMirror.backendRef`,
      })),
    ];
  });
}

function backendProblem(look: Look, reference: JsonObject, fieldPath: string): Problem | undefined {
  const name = textAt(reference, 'name');
  const isService =
    textAt(reference, 'group') === '' && (textAt(reference, 'kind') || 'Service') === 'Service';
  if (name === '' || !isService) return undefined;
  const namespace = textAt(reference, 'namespace') || look.namespace;
  const place = `${quoteText(namespace, 63)}/${quoteText(name, 63)}`;
  const service = look.find('Service', namespace, name);
  if (service === undefined) return undefined;
  const base = { severity: 'high' as const, fieldPath };
  if (service === 'absent') {
    return {
      ...base,
      id: 'ServiceMissing',
      missing: { kind: 'Service', namespace, name },
      text: `There is no Service ${place} to send requests to.`,
      fix: 'Make the Service, or correct name and namespace of the backend.',
      k8sgpt: { text: `HTTPRoute uses the Service '${place}' which does not exist.` },
    };
  }
  if (namespace !== look.namespace && isGranted(look, namespace, name) === false) {
    return {
      ...base,
      id: 'ReferenceNotGranted',
      text: `No ReferenceGrant of namespace ${quoteText(namespace, 63)} lets routes of namespace ${look.namespace} send to Service ${quoteText(name, 63)}.`,
      fix: `Make a ReferenceGrant in namespace ${quoteText(namespace, 63)}, or name a Service of the route's own namespace.`,
    };
  }
  return portProblem(reference, service, place, base);
}

/** Undefined where the grants could not be read. */
function isGranted(look: Look, namespace: string, name: string): boolean | undefined {
  return look
    .servedOf('ReferenceGrant')
    ?.filter((grant) => textAt(grant, 'metadata', 'namespace') === namespace)
    .some(
      (grant) =>
        objectsAt(grant, 'spec', 'from').some(
          (from) => textAt(from, 'kind') === 'HTTPRoute' && textAt(from, 'namespace') === look.namespace,
        ) &&
        objectsAt(grant, 'spec', 'to').some(
          (to) =>
            textAt(to, 'group') === '' &&
            textAt(to, 'kind') === 'Service' &&
            ['', name].includes(textAt(to, 'name')),
        ),
    );
}

function portProblem(
  reference: JsonObject,
  service: KubeObject,
  place: string,
  base: Pick<Problem, 'severity' | 'fieldPath'>,
): Problem | undefined {
  const port = numberAt(reference, 'port');
  const ports = objectsAt(service, 'spec', 'ports').map((each) => numberAt(each, 'port'));
  if (port === undefined || ports.includes(port)) return undefined;
  return {
    ...base,
    id: 'PortNotExposed',
    fieldPath: `${base.fieldPath ?? ''}.port`,
    text: `Service ${place} has no port ${port}; it has ${ports.filter((each) => each !== undefined).join(', ') || 'none'}.`,
    fix: 'Correct the port of the backend, or add it to the Service.',
    k8sgpt: {
      text: `HTTPRoute's backend service '${quoteText(textAt(reference, 'name'), 63)}' is using port '${port}' but the corresponding K8s service '${place}' isn't configured with the same port.`,
    },
  };
}
