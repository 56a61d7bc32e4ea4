import type { ApiClientOptions, ApiRequest } from '../../cluster/kubernetes/api-client.ts';
import type { ApiRequestFacts, ControllerMetrics } from './controller-metrics.ts';

/** For a client: counts what it asks of an API server. */
export function countRequests(
  metrics: Pick<ControllerMetrics, 'apiRequest'>,
): NonNullable<ApiClientOptions['observe']> {
  return (request, statusCode, ms) =>
    metrics.apiRequest({
      ...requestFacts(request),
      code: statusCode ?? 'error',
      ...(ms === undefined ? {} : { seconds: ms / 1000 }),
    });
}

/** Verb and resource of a request as RBAC and the audit log name them. */
export function requestFacts({
  method,
  path,
}: Pick<ApiRequest, 'method' | 'path'>): Pick<ApiRequestFacts, 'verb' | 'resource'> {
  const [place = '', query = ''] = path.split('?', 2);
  const parts = place.split('/').slice(1);
  const own = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : [];
  const isInNamespace = own[0] === 'namespaces' && own.length > 2;
  const [resource, name, subresource] = isInNamespace ? own.slice(2) : own;
  // Discovery, versions, health.
  if (resource === undefined) return { verb: method.toLowerCase(), resource: 'none' };
  return {
    verb: verbOf(method, name !== undefined, /(?:^|&)watch=(?:true|1)(?:&|$)/.test(query)),
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
  };
}

function verbOf(method: ApiRequest['method'], isNamed: boolean, isWatch: boolean): string {
  switch (method) {
    case 'GET':
      return isWatch ? 'watch' : isNamed ? 'get' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return isNamed ? 'delete' : 'deletecollection';
  }
}
