import type { KubeObject } from '../../api/kube-object.ts';
import { workflowApiVersion } from '../../api/workflow.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';

/** A Workflow as it is now; undefined when there is none of that name. Throws SluiceErrors of the API server. */
export async function readWorkflow(
  client: ApiClient,
  namespace: string,
  name: string,
): Promise<KubeObject | undefined> {
  const path = `/apis/${workflowApiVersion}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(name)}`;
  const found = await client.find({ method: 'GET', path, doing: `read Workflow ${name}` });
  return found as KubeObject | undefined;
}
