import { objectAt, objectsAt, textAt, textsAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

const kinds = ['Service'];

/** Other addresses than those of the service network; `type` decides about the rest. */
export const externalAddresses: ObjectRule = {
  id: 'ServiceExternalIPs',
  severity: 'high',
  category: 'exposure',
  reason:
    'whoever may write a Service can take over traffic to any address, inside the cluster (CVE-2020-8554)',
  source: documented('Service: external IPs', 'concepts/services-networking/service/#external-ips'),
  kinds,
  check: (service) => {
    const addresses = textsAt(service, 'spec', 'externalIPs');
    if (addresses.length === 0) return [];
    return [
      {
        fieldPath: 'spec.externalIPs',
        text: `The Service takes the traffic to ${quoteText(addresses.slice(0, 5).join(', '), 200)}, whoever that address belongs to.`,
        fix: 'Remove spec.externalIPs, and use type LoadBalancer or an Ingress.',
      },
    ];
  },
};

export const nodePort: ObjectRule = {
  id: 'ServiceNodePort',
  severity: 'low',
  category: 'exposure',
  reason: 'it is open on every node, past the load balancer, its TLS and its limits',
  source: documented('Service: type NodePort', 'concepts/services-networking/service/#type-nodeport'),
  kinds,
  check: (service) => {
    if (textAt(service, 'spec', 'type') !== 'NodePort') return [];
    return [
      {
        fieldPath: 'spec.type',
        text: 'The Service opens a port on the address of every node.',
        fix: 'Set spec.type to ClusterIP, and reach it through an Ingress or a Gateway.',
      },
    ];
  },
};

/** What makes a load balancer of a cloud internal. These are settings with an effect, not excuses. */
const internal: Readonly<Record<string, readonly string[]>> = {
  'service.beta.kubernetes.io/aws-load-balancer-internal': ['true', '0.0.0.0/0'],
  'service.beta.kubernetes.io/aws-load-balancer-scheme': ['internal'],
  'service.beta.kubernetes.io/azure-load-balancer-internal': ['true'],
  'networking.gke.io/load-balancer-type': ['Internal', 'internal'],
  'cloud.google.com/load-balancer-type': ['Internal', 'internal'],
  'service.beta.kubernetes.io/openstack-internal-load-balancer': ['true'],
};

export const openLoadBalancer: ObjectRule = {
  id: 'LoadBalancerOpen',
  severity: 'low',
  category: 'exposure',
  reason: 'everyone on the network of the load balancer, mostly the Internet, reaches the program itself',
  source: documented('Service: type LoadBalancer', 'concepts/services-networking/service/#loadbalancer'),
  kinds,
  check: (service) => {
    const ranges = textsAt(service, 'spec', 'loadBalancerSourceRanges');
    const isOpen = ranges.length === 0 || ranges.some((range) => range.trim().endsWith('/0'));
    const annotations = objectAt(service, 'metadata', 'annotations');
    const isInternal = Object.entries(internal).some(([key, values]) =>
      values.includes(textAt(annotations, key)),
    );
    if (textAt(service, 'spec', 'type') !== 'LoadBalancer' || !isOpen || isInternal) return [];
    return [
      {
        fieldPath: 'spec.loadBalancerSourceRanges',
        text: `The load balancer takes traffic from everywhere${ranges.length === 0 ? ' (spec.loadBalancerSourceRanges is unset)' : ''}.`,
        fix: 'List who may call in spec.loadBalancerSourceRanges, or make the Service a ClusterIP behind an Ingress.',
      },
    ];
  },
};

export const servicePortUnnamed: ObjectRule = {
  id: 'ServicePortUnnamed',
  severity: 'critical',
  category: 'runtime',
  reason: 'the API server refuses a Service whose ports cannot be told apart',
  source: documented(
    'Service: multi-port Services',
    'concepts/services-networking/service/#multi-port-services',
  ),
  kinds,
  check: (service) => {
    const ports = objectsAt(service, 'spec', 'ports');
    const index = ports.findIndex((port) => textAt(port, 'name') === '');
    if (ports.length < 2 || index < 0) return [];
    return [
      {
        fieldPath: `spec.ports[${index}].name`,
        text: `The Service has ${ports.length} ports, and not all of them have a name.`,
        fix: `Name it: set spec.ports[${index}].name.`,
      },
    ];
  },
};
