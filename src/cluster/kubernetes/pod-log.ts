import type { PodLogQuery } from '../port.ts';
import type { ApiClient } from './api-client.ts';
import { pathSegment } from './path-segment.ts';

/** Each time it asks for so much less. */
const fewer = 8;

/**
 * The end of a container's log. A server's own limit of bytes keeps the beginning of the lines that were asked for and cuts
 * their end off, which is what matters: then it is asked for fewer lines.
 */
export async function readPodLog(
  client: ApiClient,
  namespace: string,
  name: string,
  query: PodLogQuery,
): Promise<string> {
  const path = `/api/v1/namespaces/${pathSegment(namespace)}/pods/${pathSegment(name)}/log`;
  for (let lines = query.maxLines; ; lines = Math.floor(lines / fewer)) {
    const asked = new URLSearchParams({
      container: query.container,
      previous: String(query.previous),
      tailLines: String(Math.max(1, lines)),
      limitBytes: String(query.maxBytes),
    });
    // oxlint-disable-next-line no-await-in-loop -- fewer lines are asked for because more did not fit
    const log = await client.text({
      method: 'GET',
      path: `${path}?${asked.toString()}`,
      doing: `read the log of ${query.container} in Pod ${name}`,
    });
    if (lines <= 1 || Buffer.byteLength(log) < query.maxBytes) return log;
  }
}
