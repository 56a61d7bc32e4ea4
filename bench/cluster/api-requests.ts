import type { Api } from './api.ts';

/** Requests by `VERB resource`, as the API server counts them; watches and its own work are left out. */
export type RequestCounts = ReadonlyMap<string, number>;

/** A lease is renewed however many runs there are; the others are what the server asks of itself. */
const background = new Set([
  'leases',
  'endpoints',
  'endpointslices',
  'services',
  'servicecidrs',
  'ipaddresses',
  'flowschemas',
  'prioritylevelconfigurations',
  'apiservices',
  'customresourcedefinitions',
]);

export async function countRequests(api: Api): Promise<RequestCounts> {
  const counts = new Map<string, number>();
  for (const line of (await api.text('GET', '/metrics')).split('\n')) {
    if (!line.startsWith('apiserver_request_total{')) continue;
    const verb = labelOf(line, 'verb');
    const [resource, subresource] = [labelOf(line, 'resource'), labelOf(line, 'subresource')];
    if (verb === 'WATCH' || resource === '' || background.has(resource)) continue;
    const key = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`;
    counts.set(key, (counts.get(key) ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1)));
  }
  return counts;
}

/** What was added between the two. */
export function difference(after: RequestCounts, before: RequestCounts): RequestCounts {
  return new Map(
    [...after].flatMap(([key, count]) => {
      const added = count - (before.get(key) ?? 0);
      return added > 0 ? [[key, added] as const] : [];
    }),
  );
}

export const isWrite = (key: string): boolean => /^(POST|PUT|PATCH|APPLY|DELETE|DELETECOLLECTION) /.test(key);

function labelOf(line: string, name: string): string {
  return new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? '';
}
