import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { numberAt, textAt } from '../../analyze/json-fields.ts';
import type { Variables } from './procedure.ts';
import { labelsOf } from './secure-pod.ts';

/** Objects that stand around a workload and have its name. */
export interface Place {
  readonly name: string;
  readonly namespace: string;
}

export function named(
  { name, namespace }: Place,
  apiVersion: string,
  kind: string,
  rest: JsonObject,
): KubeObject {
  const metadata = {
    name,
    ...(namespace === '' ? {} : { namespace }),
    labels: labelsOf(name) as Record<string, string>,
  };
  return { apiVersion, kind, metadata, ...rest };
}

/** `isHeadless` gives each Pod a name of its own. */
export function service(
  place: Place,
  variables: Variables,
  { isHeadless = false }: { readonly isHeadless?: boolean } = {},
): KubeObject {
  const port = numberAt(variables, isHeadless ? 'port' : 'servicePort') ?? 80;
  return named(place, 'v1', 'Service', {
    spec: {
      ...(isHeadless ? { clusterIP: 'None' } : { type: 'ClusterIP' }),
      selector: labelsOf(place.name),
      ports: [{ name: 'http', port, targetPort: 'http' }],
    },
  });
}

/**
 * Lets in what comes to the port, from the namespace, and from everywhere where `isPublic`, since nothing says in which
 * namespace an Ingress controller is; lets out what `egress` says.
 */
export function networkPolicy(
  place: Place,
  variables: Variables,
  { isPublic = false }: { readonly isPublic?: boolean } = {},
): KubeObject {
  const port = numberAt(variables, 'port');
  const ingress =
    port === undefined
      ? []
      : [{ ...(isPublic ? {} : { from: [{ podSelector: {} }] }), ports: [{ protocol: 'TCP', port }] }];
  return named(place, 'networking.k8s.io/v1', 'NetworkPolicy', {
    spec: {
      podSelector: { matchLabels: labelsOf(place.name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress,
      egress: egressRules(textAt(variables, 'egress')),
    },
  });
}

function egressRules(egress: string): readonly JsonObject[] {
  const dns = {
    to: [{ namespaceSelector: {} }],
    ports: [
      { protocol: 'UDP', port: 53 },
      { protocol: 'TCP', port: 53 },
    ],
  };
  const pods = { to: [{ namespaceSelector: {} }] };
  if (egress === 'dns') return [dns];
  if (egress === 'cluster') return [pods];
  // Addresses of cloud metadata services hand out credentials of the node.
  return [pods, { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.0.0/16'] } }] }];
}

export function disruptionBudget(place: Place): KubeObject {
  return named(place, 'policy/v1', 'PodDisruptionBudget', {
    spec: {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: labelsOf(place.name) },
    },
  });
}

export function autoscaler(place: Place, minReplicas: number, maxReplicas: number): KubeObject {
  return named(place, 'autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: place.name },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
  });
}

export function ingressOf(place: Place, variables: Variables): KubeObject {
  const host = textAt(variables, 'host');
  const [secretName, className] = [textAt(variables, 'tlsSecret'), textAt(variables, 'ingressClass')];
  return named(place, 'networking.k8s.io/v1', 'Ingress', {
    spec: {
      ...(className === '' ? {} : { ingressClassName: className }),
      tls: [{ hosts: [host], secretName: secretName === '' ? `${place.name}-tls` : secretName }],
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: place.name, port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    },
  });
}
