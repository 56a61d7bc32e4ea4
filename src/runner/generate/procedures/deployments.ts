import type { KubeObject } from '../../../api/kube-object.ts';
import { numberAt, textAt } from '../../../analyze/json-fields.ts';
import type { Procedure, Variables } from '../procedure.ts';
import { labelsOf, podParameters, podTemplate } from '../secure-pod.ts';
import {
  autoscaler,
  disruptionBudget,
  ingressOf,
  named,
  networkPolicy,
  service,
  type Place,
} from '../surroundings.ts';

export const webService: Procedure = {
  name: 'web-service',
  description:
    'a program that answers requests: Deployment, Service, NetworkPolicy; with a host an Ingress, too',
  words: [
    'web service',
    'web server',
    'web app',
    'web application',
    'website',
    'http service',
    'http server',
    'api server',
    'rest api',
    'microservice',
    // Either runs as one.
    'deployment',
  ],
  required: ['name', 'image', 'port'],
  optional: [
    'replicas',
    'maxReplicas',
    'servicePort',
    'healthPath',
    'host',
    'tlsSecret',
    'ingressClass',
    ...podParameters,
  ],
  faultsOf: faultsOfScale,
  make(variables, namespace) {
    const place = { name: textAt(variables, 'name'), namespace };
    const isPublic = textAt(variables, 'host') !== '';
    return [
      networkPolicy(place, variables, { isPublic }),
      service(place, variables),
      ...scaledDeployment(place, variables),
      ...(isPublic ? [ingressOf(place, variables)] : []),
    ];
  },
};

export const worker: Procedure = {
  name: 'worker',
  description: 'a program that works without being called: Deployment, NetworkPolicy',
  words: [
    'worker',
    'background worker',
    'queue worker',
    'consumer',
    'daemon process',
    'background service',
    'deployment',
  ],
  required: ['name', 'image'],
  // A port is for its health endpoint.
  oneOf: ['healthCommand', 'port'],
  optional: ['healthCommand', 'port', 'healthPath', 'replicas', 'maxReplicas', ...podParameters],
  faultsOf: faultsOfScale,
  make(variables, namespace) {
    const place = { name: textAt(variables, 'name'), namespace };
    return [networkPolicy(place, variables), ...scaledDeployment(place, variables)];
  },
};

function faultsOfScale(variables: Variables): readonly string[] {
  const most = numberAt(variables, 'maxReplicas');
  const isSound = most === undefined || most > (numberAt(variables, 'replicas') ?? 1);
  return isSound ? [] : ['maxReplicas must be more than replicas'];
}

/** With what scales it and what keeps it up; where an autoscaler decides, the number of replicas is left to it. */
function scaledDeployment(place: Place, variables: Variables): readonly KubeObject[] {
  const replicas = numberAt(variables, 'replicas') ?? 1;
  const most = numberAt(variables, 'maxReplicas');
  const isScaled = most !== undefined;
  const deployment = named(place, 'apps/v1', 'Deployment', {
    spec: {
      ...(isScaled ? {} : { replicas }),
      selector: { matchLabels: labelsOf(place.name) },
      template: podTemplate(place.name, variables, { hasProbes: true, isSpread: replicas > 1 || isScaled }),
    },
  });
  return [
    ...(replicas > 1 ? [disruptionBudget(place)] : []),
    deployment,
    ...(isScaled ? [autoscaler(place, replicas, most)] : []),
  ];
}
