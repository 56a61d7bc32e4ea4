import type { Json } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { objectsAt, textAt, textsAt } from '../cluster/json-reading.ts';
import type { ApiClient } from '../cluster/kubernetes/api-client.ts';
import type { RunView } from '../engine/view.ts';
import type { ClusterRuns } from '../store/cluster/cluster-runs.ts';
import { keptState } from '../store/cluster/kept-record.ts';
import { recordOf } from '../store/cluster/run-record.ts';
import type { StepDebug } from './backend.ts';
import { withParts } from './cluster-logs.ts';
import { debugSteps } from './debug-steps.ts';

/** What is known of each step of a run, whichever controller drives it. */
export async function debugOfCluster(
  run: KubeObject,
  view: RunView,
  runs: ClusterRuns,
  client: ApiClient,
): Promise<readonly StepDebug[]> {
  const record = recordOf(run['status'] as Json | undefined);
  if (record === undefined) return foreignDebug(run, view, client);
  // A state that holds a secret is in a Secret: what its ops answered stays there.
  const isSecret = record.stateIn?.kind === 'Secret';
  const state = await withParts(run, runs, (current) => keptState(current, client));
  return debugSteps(view, state, (value) => (isSecret ? '***' : value));
}

/** What KubeVela's controller keeps for a run that is annotated for it: the CUE text of each step. */
async function foreignDebug(
  run: KubeObject,
  view: RunView,
  client: ApiClient,
): Promise<readonly StepDebug[]> {
  const statuses = objectsAt(run, 'status', 'steps').flatMap((step) => [
    step,
    ...objectsAt(step, 'subSteps'),
  ]);
  const steps: StepDebug[] = [];
  for (const step of debugSteps(view, undefined, (value) => value)) {
    const name = step.path.split('/').at(-1);
    const id = textAt(
      statuses.find((status) => textAt(status, 'name') === name),
      'id',
    );
    const cue = id === '' ? '' : await debugText(run, id, client);
    steps.push(cue === '' ? step : { ...step, cue });
  }
  return steps;
}

async function debugText({ metadata }: KubeObject, id: string, client: ApiClient): Promise<string> {
  const { namespace = 'default', name = '', uid = '' } = metadata;
  const configMap = `${name}-${id}-debug-${uid.slice(-5)}`;
  const object = await client.find({
    method: 'GET',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(configMap)}`,
    doing: `get configmaps ${configMap}`,
  });
  return textsAt(object, 'data')['debug'] ?? '';
}
