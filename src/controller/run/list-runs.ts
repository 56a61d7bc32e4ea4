import type { KubeObject } from '../../api/kube-object.ts';
import { workflowApiVersion } from '../../api/workflow.ts';
import { objectsAt, textAt } from '../../cluster/json-reading.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { watchedRun, type WatchedRun } from './watched-run.ts';

const pageSize = 500;

/** The runs of a namespace as the server has them now, not as they were watched. Throws what the client throws. */
export async function listRuns(client: ApiClient, namespace: string): Promise<readonly WatchedRun[]> {
  const found: WatchedRun[] = [];
  let token = '';
  do {
    const query = new URLSearchParams({
      limit: String(pageSize),
      ...(token === '' ? {} : { continue: token }),
    });
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one
    const page = await client.send({
      method: 'GET',
      path: `/apis/${workflowApiVersion}/namespaces/${namespace}/workflowruns?${query.toString()}`,
      doing: `list the runs of namespace ${namespace}`,
    });
    found.push(
      ...objectsAt(page, 'items').flatMap((item) => watchedRun(item as unknown as KubeObject) ?? []),
    );
    token = textAt(page, 'metadata', 'continue');
  } while (token !== '');
  return found;
}
