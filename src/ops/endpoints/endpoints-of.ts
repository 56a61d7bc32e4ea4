import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';

/** Where something can be reached. */
export interface Endpoint {
  readonly endpoint: {
    /** Such as TCP. */
    readonly protocol: string;
    readonly appProtocol?: string;
    readonly host: string;
    readonly port: number;
    readonly portName?: string;
    readonly path?: string;
    /** Only inside the cluster. */
    readonly inner: boolean;
  };
  /** The object that offers it. */
  readonly ref: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  /** Its label `app.oam.dev/component`; empty without one. */
  readonly component: string;
}

type Address = Endpoint['endpoint'];

/** The endpoints of a Service; `nodeAddress` is one at which nodes are reached, undefined where none is known. */
export function endpointsOfService(
  service: KubeObject,
  nodeAddress: string | undefined,
): readonly Endpoint[] {
  const object = service as unknown as JsonObject;
  const type = text(at(object, 'spec', 'type')) || 'ClusterIP';
  const inner = `${service.metadata.name ?? ''}.${service.metadata.namespace ?? ''}`;
  const isHeadless = at(object, 'spec', 'clusterIP') === 'None';
  const addresses = list(at(object, 'spec', 'ports')).flatMap((port): readonly Address[] => {
    const common = {
      protocol: text(port['protocol']) || 'TCP',
      ...(text(port['appProtocol']) === '' ? {} : { appProtocol: text(port['appProtocol']) }),
      ...(text(port['name']) === '' ? {} : { portName: text(port['name']) }),
    };
    const number = count(port['port']);
    if (type === 'LoadBalancer')
      return balancers(object).map((host) => ({ ...common, host, port: number, inner: false }));
    if (type === 'NodePort') {
      const nodePort = count(port['nodePort']);
      if (nodeAddress === undefined || nodePort === 0) return [];
      return [{ ...common, host: nodeAddress, port: nodePort, inner: false }];
    }
    return isHeadless ? [] : [{ ...common, host: inner, port: number, inner: true }];
  });
  return addresses.map((address) => offered(address, service));
}

/** The endpoints of an Ingress: one for each path; of its load balancer where a rule names no host. */
export function endpointsOfIngress(ingress: KubeObject): readonly Endpoint[] {
  const object = ingress as unknown as JsonObject;
  const tls = list(at(object, 'spec', 'tls'));
  return list(at(object, 'spec', 'rules')).flatMap((rule) => {
    const given = text(rule['host']);
    const hosts = given === '' ? balancers(object) : [given];
    const paths = list(at(rule, 'http', 'paths'));
    return hosts.flatMap((host) =>
      paths.map((path) => {
        const isSecure = tls.some((each) => strings(each['hosts']).includes(host));
        const address = {
          protocol: 'TCP',
          appProtocol: isSecure ? 'https' : 'http',
          host,
          port: isSecure ? 443 : 80,
          path: text(path['path']) || '/',
          inner: false,
        };
        return offered(address, ingress);
      }),
    );
  });
}

/** An address of a node, one that is reached from outside first. */
export function addressOfNode(node: KubeObject): string | undefined {
  const addresses = list(at(node as unknown as JsonObject, 'status', 'addresses'));
  const of = (type: string): string | undefined => {
    const found = addresses.find((address) => address['type'] === type);
    return found === undefined ? undefined : text(found['address']) || undefined;
  };
  return of('ExternalIP') ?? of('InternalIP');
}

function offered(endpoint: Address, { apiVersion, kind, metadata }: KubeObject): Endpoint {
  const { name = '', namespace = '', labels } = metadata;
  const ref = { apiVersion, kind, namespace, name };
  return { endpoint, ref, component: labels?.['app.oam.dev/component'] ?? '' };
}

function balancers(object: JsonObject): readonly string[] {
  return list(at(object, 'status', 'loadBalancer', 'ingress')).flatMap((entry) => {
    const host = text(entry['hostname']) || text(entry['ip']);
    return host === '' ? [] : [host];
  });
}

function at(object: JsonObject, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, key) => (isObject(value) ? value[key] : undefined), object);
}

function list(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((item) => isObject(item)) : [];
}

function strings(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === 'string') : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function count(value: Json | undefined): number {
  return typeof value === 'number' ? value : 0;
}
