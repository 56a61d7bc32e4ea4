import type { Json, JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { OpOutcome } from '../../api/op-spec.ts';
import type { Cluster } from '../../cluster/port.ts';
import type { Op, OpContext } from '../op.ts';
import { outcomeOfError, terminal } from '../outcome.ts';
import { listParam, objectParam, textParam } from '../param-values.ts';
import { clusterParam, openObject } from '../schema-parts.ts';
import { addressOfNode, endpointsOfIngress, endpointsOfService, type Endpoint } from './endpoints-of.ts';

const name: JsonObject = { type: 'string', minLength: 1 };

/** Labels by which what belongs together is found: that of KubeVela's Applications, and that of runs. */
const ownerLabels = ['app.oam.dev/name', 'workflowrun.oam.dev/name'];

export const serviceEndpoints: Op = {
  name: 'service-endpoints',
  cue: [],
  description:
    'Where the Services and Ingresses of an Application, or of what a run has applied, can be reached; those for all of the world first.',
  params: {
    type: 'object',
    required: ['name'],
    properties: {
      cluster: clusterParam,
      name: { ...name, description: 'Of the Application or the run.' },
      namespace: { ...name, description: "The run's namespace when absent." },
      components: {
        type: 'array',
        items: name,
        description: 'Components of the Application; all when empty.',
      },
      port: { type: 'integer', description: 'Only endpoints with this port.' },
      portName: { ...name, description: 'Only endpoints whose port has this name.' },
      outer: {
        type: 'boolean',
        default: false,
        description: 'Only those that are reached from outside the cluster.',
      },
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['endpoints', 'query'],
    properties: {
      endpoints: {
        type: 'array',
        items: {
          type: 'object',
          required: ['endpoint', 'ref', 'component'],
          properties: {
            endpoint: {
              type: 'object',
              required: ['protocol', 'host', 'port', 'inner'],
              properties: {
                protocol: name,
                appProtocol: name,
                host: name,
                port: { type: 'integer' },
                portName: name,
                path: name,
                inner: { type: 'boolean', description: 'Only inside the cluster.' },
              },
              additionalProperties: false,
            },
            ref: { ...openObject, description: 'The Service or Ingress.' },
            component: { type: 'string' },
          },
          additionalProperties: false,
        },
      },
      query: { ...openObject, description: 'What was asked for, so that it can be asked for again.' },
    },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  perform: (params, context) => collect({ ...params }, context),
  refresh: (recorded, context) => {
    const { query } = recorded.result as JsonObject;
    return query === undefined
      ? Promise.resolve(terminal('service-endpoints: its record names no query'))
      : collect(objectParam(recorded.result as JsonObject, 'query'), context);
  },
};

async function collect(query: JsonObject, context: OpContext): Promise<OpOutcome> {
  const owner = textParam(query, 'name', '');
  const namespace = textParam(query, 'namespace', context.run.namespace);
  try {
    const cluster = await context.cluster(textParam(query, 'cluster', ''));
    const [services, ingresses] = [
      await owned(cluster, 'v1', 'Service', namespace, owner),
      await owned(cluster, 'networking.k8s.io/v1', 'Ingress', namespace, owner),
    ];
    const node = services.some(isNodePort) ? await nodeAddress(cluster) : undefined;
    const found = [
      ...ingresses.flatMap(endpointsOfIngress),
      ...services.flatMap((service) => endpointsOfService(service, node)),
    ].filter((each) => isWanted(each, query));
    return { kind: 'ok', result: { endpoints: outerFirst(found) as unknown as Json, query } };
  } catch (error) {
    return outcomeOfError(error, `service endpoints of ${namespace}/${owner}`);
  }
}

/** The objects of a kind that carry the name under one of the labels. */
async function owned(
  cluster: Cluster,
  apiVersion: string,
  kind: string,
  namespace: string,
  owner: string,
): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    ownerLabels.map((label) =>
      cluster.list({ apiVersion, kind, namespace, labelSelector: `${label}=${owner}` }),
    ),
  );
  const byName = new Map(lists.flat().map((object) => [object.metadata.name ?? '', object]));
  return [...byName.values()].toSorted((a, b) =>
    (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1,
  );
}

async function nodeAddress(cluster: Cluster): Promise<string | undefined> {
  const nodes = await cluster.list({ apiVersion: 'v1', kind: 'Node' });
  return nodes.map(addressOfNode).find((address) => address !== undefined);
}

function isNodePort(service: KubeObject): boolean {
  return objectParam(service as unknown as JsonObject, 'spec')['type'] === 'NodePort';
}

function isWanted({ endpoint, component }: Endpoint, query: JsonObject): boolean {
  const components = listParam(query, 'components');
  const { port, portName, outer } = query;
  return (
    (components.length === 0 || components.includes(component)) &&
    (port === undefined || port === endpoint.port) &&
    (portName === undefined || portName === endpoint.portName) &&
    (outer !== true || !endpoint.inner)
  );
}

function outerFirst(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.toSorted((a, b) => Number(a.endpoint.inner) - Number(b.endpoint.inner));
}
