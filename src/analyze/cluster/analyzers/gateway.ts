import type { JsonObject } from '../../../api/json.ts';
import type { Evidence } from '../../finding.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying, type Condition } from '../condition.ts';
import type { Look } from '../look.ts';
import { missing, present } from '../reference.ts';
import { settlingMs } from '../rollout-grace.ts';

export const gateway: Analyzer = {
  name: 'Gateway',
  judges: ['Gateway'],
  reads: ['GatewayClass'],
  check: (look) => {
    const noClass = classMissing(look);
    // Without a class nobody writes a status; what is there is of another time.
    if (noClass !== undefined) return [noClass];
    const whole = wholeProblem(look);
    return whole === undefined
      ? present(listeners(look).map((each) => listenerProblem(look, each)))
      : [whole];
  },
};

function classMissing(look: Look): Problem | undefined {
  const name = textAt(look.object, 'spec', 'gatewayClassName');
  if (name === '') return undefined;
  const shown = quoteText(name, 253);
  return missing(look, { kind: 'GatewayClass', namespace: '', name }, () => ({
    id: 'GatewayClassMissing',
    severity: 'high',
    fieldPath: 'spec.gatewayClassName',
    text: `There is no GatewayClass ${shown}: no controller takes up the Gateway.`,
    fix: 'Name a GatewayClass that the cluster has, or install its controller.',
    k8sgpt: { text: `Gateway uses the GatewayClass ${shown} which does not exist.` },
  }));
}

/** The first of Accepted and Programmed that is not true; what is wrong with its listeners is the evidence for it. */
function wholeProblem(look: Look): Problem | undefined {
  const conditions = conditionsAt(look, objectAt(look.object, 'status'));
  const bad = ['Accepted', 'Programmed']
    .map((type) => conditions.find((each) => each.type === type))
    .find((each) => each !== undefined && each.status !== 'True');
  if (bad === undefined || bad.ageMs < settlingMs) return undefined;
  const evidence = listeners(look).flatMap(({ name, status }): Evidence[] => {
    const fault = faultOf(look, status);
    return fault === undefined
      ? []
      : [{ source: `Listener ${name}`, text: `${fault.type}: ${saying(fault)}` }];
  });
  return {
    id: bad.type === 'Accepted' ? 'GatewayNotAccepted' : 'GatewayNotProgrammed',
    severity: bad.type === 'Accepted' ? 'high' : 'critical',
    fieldPath: `status.conditions{${bad.type}}`,
    text: `${bad.type === 'Accepted' ? 'The controller does not accept the Gateway' : 'The Gateway serves nothing yet'}: ${saying(bad)}`,
    fix: 'Correct what the message names: listeners, certificates, addresses.',
    evidence,
    k8sgpt: {
      text: `Gateway '${look.namespace}/${look.name}' has condition ${bad.type}=${bad.status}, reason ${bad.reason}: ${bad.message}`,
    },
  };
}

interface Listener {
  readonly name: string;
  readonly index: number;
  readonly status: JsonObject;
}

function listeners(look: Look): readonly Listener[] {
  const statuses = objectsAt(look.object, 'status', 'listeners');
  return objectsAt(look.object, 'spec', 'listeners').map((listener, index) => {
    const name = textAt(listener, 'name');
    const status = statuses.find((each) => textAt(each, 'name') === name) ?? {};
    return { name: quoteText(name, 253), index, status };
  });
}

/** The nearest to the cause first. */
function faultOf(look: Look, status: JsonObject): Condition | undefined {
  const conditions = conditionsAt(look, status).filter(({ ageMs }) => ageMs >= settlingMs);
  const find = (type: string, isBad: (text: string) => boolean): Condition | undefined =>
    conditions.find((each) => each.type === type && isBad(each.status));
  const isNotTrue = (text: string): boolean => text !== 'True';
  return (
    find('Conflicted', (text) => text === 'True') ??
    find('ResolvedRefs', isNotTrue) ??
    find('Accepted', isNotTrue) ??
    find('Programmed', isNotTrue)
  );
}

function listenerProblem(look: Look, { name, index, status }: Listener): Problem | undefined {
  const fieldPath = `spec.listeners[${index}]`;
  const fault = faultOf(look, status);
  if (fault !== undefined) {
    return {
      id: 'ListenerNotServing',
      severity: 'high',
      fieldPath,
      text: `Listener ${name} does not serve (${fault.type} is ${fault.status}): ${saying(fault)}`,
      fix: 'Correct what the message names: the certificate of the listener, its port, its protocol.',
    };
  }
  if (numberAt(status, 'attachedRoutes') !== 0) return undefined;
  return {
    id: 'ListenerWithoutRoutes',
    severity: 'info',
    fieldPath,
    text: `No route is attached to listener ${name}.`,
    fix: 'Attach a route, or remove the listener.',
  };
}
