import type { IncomingHttpHeaders } from 'node:http';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';

/** What a request is about, as far as a test tells requests apart. */
export type CallKind =
  | 'status'
  | 'run'
  | 'lease'
  | 'event'
  | 'configmap'
  | 'secret'
  | 'definition'
  /** An access review: nothing is stored. */
  | 'review'
  /** The API server's own pages: discovery, versions, health. */
  | 'discovery'
  | 'other';

/** A request to an API server, as its address and headers tell it. */
export interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly verb: Verb;
  readonly kind: CallKind;
  /** Plural; '' for the API server's own pages. */
  readonly resource: string;
  readonly namespace: string;
  /** '' for a collection. */
  readonly name: string;
  /** In whose name; '' is the controller's own. */
  readonly user: string;
  readonly isWrite: boolean;
}

const kinds: Readonly<Record<string, CallKind>> = {
  'workflowruns/status': 'status',
  workflowruns: 'run',
  leases: 'lease',
  events: 'event',
  configmaps: 'configmap',
  secrets: 'secret',
  workflowstepdefinitions: 'definition',
  packages: 'definition',
  workflows: 'definition',
  selfsubjectaccessreviews: 'review',
  selfsubjectrulesreviews: 'review',
  '': 'discovery',
};

export function factsOf(method: string, url: string, headers: IncomingHttpHeaders): RequestFacts {
  const { pathname, searchParams: query } = new URL(url, 'http://proxy.invalid');
  const { resource, namespace, name, subresource } = placeOf(pathname);
  const verb = verbOf(method, name, query);
  const kind = kinds[subresource === '' ? resource : `${resource}/${subresource}`] ?? 'other';
  return {
    method,
    path: pathname,
    query,
    verb,
    kind,
    resource,
    namespace,
    name,
    user: String(headers['impersonate-user'] ?? ''),
    isWrite: !['get', 'list', 'watch'].includes(verb) && kind !== 'review',
  };
}

interface Place {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
}

function placeOf(path: string): Place {
  const match = /^\/(?:api\/[^/]+|apis\/[^/]+\/[^/]+)\/(.+)$/.exec(path);
  const parts = (match?.[1] ?? '').split('/').map((part) => decodeURIComponent(part));
  const isInNamespace = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status';
  const [resource = '', name = '', subresource = ''] = isInNamespace ? parts.slice(2) : parts;
  return { resource, namespace: isInNamespace ? (parts[1] ?? '') : '', name, subresource };
}

function verbOf(method: string, name: string, query: URLSearchParams): Verb {
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (method === 'DELETE') return 'delete';
  if (['true', '1'].includes(query.get('watch') ?? '')) return 'watch';
  return name === '' ? 'list' : 'get';
}
