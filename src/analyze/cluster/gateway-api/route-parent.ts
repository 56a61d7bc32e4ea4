import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { fieldAt, numberAt, objectAt, objectsAt, textAt, textsAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import { fitsSelector } from '../../label-match.ts';
import type { Look } from '../look.ts';

/** Why a route cannot attach to what it names as its parent; undefined where it can, or where that cannot be known. */
export function parentProblem(look: Look, reference: JsonObject, fieldPath: string): Problem | undefined {
  const kind = textAt(reference, 'kind') || 'Gateway';
  const name = textAt(reference, 'name');
  if (kind !== 'Gateway' || name === '') return undefined;
  const namespace = textAt(reference, 'namespace') || look.namespace;
  const place = `${quoteText(namespace, 63)}/${quoteText(name, 253)}`;
  const gateway = look.find('Gateway', namespace, name);
  if (gateway === undefined) return undefined;
  if (gateway === 'absent') {
    return {
      id: 'GatewayMissing',
      missing: { kind: 'Gateway', namespace, name },
      severity: 'high',
      fieldPath,
      text: `There is no Gateway ${place}.`,
      fix: 'Correct name and namespace in spec.parentRefs, or make the Gateway.',
      k8sgpt: {
        text: `HTTPRoute uses the Gateway '${place}' which does not exist in the same namespace.`,
      },
    };
  }
  return listenerProblem(look, reference, gateway, { fieldPath, place });
}

interface Place {
  readonly fieldPath: string;
  readonly place: string;
}

function listenerProblem(
  look: Look,
  reference: JsonObject,
  gateway: KubeObject,
  { fieldPath, place }: Place,
): Problem | undefined {
  const section = textAt(reference, 'sectionName');
  const port = numberAt(reference, 'port');
  const named = objectsAt(gateway, 'spec', 'listeners').filter(
    (listener) =>
      (section === '' || textAt(listener, 'name') === section) &&
      (port === undefined || numberAt(listener, 'port') === port),
  );
  const base = { severity: 'high' as const, fieldPath };
  if (named.length === 0) {
    return {
      ...base,
      id: 'ListenerMissing',
      text: `Gateway ${place} has no listener${section === '' ? '' : ` ${quoteText(section, 253)}`}${port === undefined ? '' : ` on port ${port}`}.`,
      fix: 'Correct sectionName and port in spec.parentRefs.',
    };
  }
  const admissions = named.map((listener) => admits(look, listener, gateway));
  if (admissions.every((each) => each !== 'yes' && each !== 'unknown'))
    return refusal(look, place, admissions.includes('selector'), base);
  if (named.some((listener) => sharesHostname(look.object, listener))) return undefined;
  return {
    ...base,
    id: 'HostnamesNotServed',
    fieldPath: 'spec.hostnames',
    text: `No listener of Gateway ${place} that the route names serves one of its host names: ${quoteText(textsAt(look.object, 'spec', 'hostnames').join(', '), 300)}.`,
    fix: 'Correct spec.hostnames, or the hostname of the listener.',
  };
}

type Admission = 'yes' | 'unknown' | 'same' | 'selector' | 'none';

/** Whether a listener takes routes of the route's namespace: by where it is, or by the labels of the namespace. */
function admits(look: Look, listener: JsonObject, gateway: KubeObject): Admission {
  const allowed = objectAt(listener, 'allowedRoutes', 'namespaces');
  switch (textAt(allowed, 'from') || 'Same') {
    case 'All':
      return 'yes';
    case 'Same':
      return textAt(gateway, 'metadata', 'namespace') === look.namespace ? 'yes' : 'same';
    case 'Selector': {
      const namespace = look.find('Namespace', '', look.namespace);
      if (namespace === undefined) return 'unknown';
      // The namespace of an object is there; one that is in no list is about to go.
      if (namespace === 'absent') return 'unknown';
      const labels = objectAt(namespace, 'metadata', 'labels');
      return fitsSelector(objectAt(allowed, 'selector'), labels) ? 'yes' : 'selector';
    }
    default:
      return 'none';
  }
}

function refusal(
  look: Look,
  place: string,
  isBySelector: boolean,
  base: Pick<Problem, 'severity' | 'fieldPath'>,
): Problem {
  const route = `HTTPRoute '${look.namespace}/${look.name}'`;
  return {
    ...base,
    id: 'RouteNotAllowed',
    text: isBySelector
      ? `Gateway ${place} takes routes of namespaces with certain labels, and namespace ${look.namespace} does not have them.`
      : `Gateway ${place} takes no routes of namespace ${look.namespace}.`,
    fix: isBySelector
      ? 'Label the namespace as allowedRoutes of the listener asks, or change allowedRoutes.'
      : 'Move the route, or set allowedRoutes.namespaces of the listener.',
    k8sgpt: {
      text: isBySelector
        ? `${route} can't be attached on Gateway '${place}', selector labels do not match HTTProute's labels.`
        : `${route} is deployed in a different namespace from Gateway '${place}' which only allows HTTPRoutes from its namespace.`,
    },
  };
}

/** `*.example.com` stands for any name below it; a side that names none takes all. */
function sharesHostname(route: KubeObject, listener: JsonObject): boolean {
  const served = textAt(listener, 'hostname').toLowerCase();
  const wanted = textsAt(route, 'spec', 'hostnames').map((each) => each.toLowerCase());
  if (served === '' || wanted.length === 0 || fieldAt(route, 'spec', 'hostnames') === undefined) return true;
  const covers = (pattern: string, name: string): boolean =>
    pattern === name || (pattern.startsWith('*.') && name.endsWith(pattern.slice(1)));
  return wanted.some((name) => covers(served, name) || covers(name, served));
}
