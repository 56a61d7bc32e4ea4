import { isObject, parseJson, type Json } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { allCalled, bodyOf } from '../../plan/called-workflows.ts';
import type { RunRecord } from '../../store/cluster/run-record.ts';
import type { Revisions } from '../step-types/revisions.ts';
import { digestOfWorkflow } from './plan-run.ts';
import { readWorkflow } from './read-workflow.ts';

/** The Workflows that a run needs, beside what it has itself. */
export interface RunWorkflows {
  /** The one that its `workflowRef` names. */
  readonly named: KubeObject | undefined;
  /** Those that its steps call, and that these call, by name. */
  readonly called: ReadonlyMap<string, KubeObject>;
}

/**
 * The Workflows of a run as they were when it began, or as they are now where it has not. Throws SluiceErrors of the API
 * server, and `RevisionLost`.
 */
export async function readRunWorkflows(
  run: { readonly namespace: string; readonly object: KubeObject },
  pins: Pick<RunRecord, 'workflow' | 'called'> | undefined,
  { client, revisions }: { readonly client: ApiClient; readonly revisions: Revisions },
): Promise<RunWorkflows> {
  const find = async (name: string, digest: string | undefined): Promise<KubeObject | undefined> => {
    const found = await readWorkflow(client, run.namespace, name);
    if (digest === undefined || (found !== undefined && digestOfWorkflow(found) === digest)) return found;
    return parseJson(await revisions.find(digest, `Workflow ${name}`)) as unknown as KubeObject;
  };
  const name = workflowRefOf(run.object['spec'] as Json | undefined);
  const named = name === undefined ? undefined : await find(name, pins?.workflow?.digest);
  const called = await allCalled(
    bodyOf(asJson(named ?? run.object)),
    (each) => find(each, pins?.called?.[each]),
    asJson,
  );
  return { named, called };
}

/** Undefined for a run that has its steps itself. */
export function workflowRefOf(spec: Json | undefined): string | undefined {
  if (!isObject(spec) || isObject(spec['workflowSpec'])) return undefined;
  const { workflowRef } = spec;
  return typeof workflowRef === 'string' && workflowRef !== '' ? workflowRef : undefined;
}

function asJson(object: KubeObject): Json {
  return object as unknown as Json;
}
