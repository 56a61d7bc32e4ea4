import { workflowApiVersion } from '../../api/workflow.ts';

/** Names one WorkflowRun for ever: one made anew under the same name has another uid. */
export interface RunIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Path of a run, or of its status, at the API server. */
export function runPath({ namespace, name }: Omit<RunIdentity, 'uid'>, part: '' | '/status' = ''): string {
  const place = `namespaces/${encodeURIComponent(namespace)}/workflowruns/${encodeURIComponent(name)}`;
  return `/apis/${workflowApiVersion}/${place}${part}`;
}
