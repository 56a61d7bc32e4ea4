import { objectsAt, textAt } from '../../json-fields.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

const kinds = ['Gateway.gateway.networking.k8s.io'];

/** A listener for HTTP beside one for HTTPS mostly redirects. */
export const gatewayWithoutTls: ObjectRule = {
  id: 'GatewayWithoutTls',
  severity: 'medium',
  category: 'exposure',
  reason: 'passwords and cookies can be read and changed on the way',
  source: { title: 'Gateway API: TLS', url: 'https://gateway-api.sigs.k8s.io/guides/tls/' },
  kinds,
  check: (gateway) => {
    const protocols = objectsAt(gateway, 'spec', 'listeners').map((listener) => textAt(listener, 'protocol'));
    if (!protocols.includes('HTTP') || protocols.some((each) => each === 'HTTPS' || each === 'TLS'))
      return [];
    return [
      {
        fieldPath: 'spec.listeners',
        text: 'The Gateway listens for HTTP alone.',
        fix: 'Add a listener of protocol HTTPS with a certificate, and redirect the one for HTTP to it.',
      },
    ];
  },
};

export const gatewayForAll: ObjectRule = {
  id: 'GatewayOpenToAllNamespaces',
  severity: 'low',
  category: 'exposure',
  reason: 'a route of any namespace can take over a host name or a path',
  source: documented('Gateway API', 'concepts/services-networking/gateway/'),
  kinds,
  check: (gateway) =>
    objectsAt(gateway, 'spec', 'listeners')
      .map((listener, index) => ({
        listener,
        path: `spec.listeners[${index}].allowedRoutes.namespaces.from`,
      }))
      .filter(({ listener }) => textAt(listener, 'allowedRoutes', 'namespaces', 'from') === 'All')
      .map(({ path }) => ({
        fieldPath: path,
        text: 'Routes of every namespace may attach to the Gateway.',
        fix: `Set ${path} to Same, or to Selector with the labels of the namespaces that may.`,
      })),
};
