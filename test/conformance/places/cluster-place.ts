import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { RunView } from '../../../src/engine/view.ts';
import { openClusterSession, type ClusterSession } from '../../../src/runner/cluster-session.ts';
import type { RunRef } from '../../../src/store/port.ts';
import { readDocuments } from '../../../src/yaml/read-documents.ts';
import type { KubeApi } from '../../cluster/kube-api.ts';
import type { Outcome } from '../outcome.ts';
import { runOf, workflowsOf, type PlaceName, type Scenario } from '../scenario.ts';
import { ScriptedServer } from '../scripted-server.ts';
import { stepTypesFile } from '../step-types-file.ts';
import { runName, type Place } from './place.ts';
import { Script } from './script.ts';

export interface ClusterPlaceOptions {
  readonly name: PlaceName;
  readonly api: KubeApi;
  readonly kubeconfig: string;
  /** Scenarios are spread over them. */
  readonly namespaces: readonly string[];
  /** A run that has not ended by then counts as one that does not end. */
  readonly patienceMs: number;
}

const definitions = '/apis/core.oam.dev/v1beta1/namespaces/vela-system/workflowstepdefinitions';

/** A controller that somebody else has started, over its API alone: what is watched and patched is what `vela workflow` does. */
export async function openClusterPlace(options: ClusterPlaceOptions): Promise<Place> {
  const { kubeconfig, name, api, namespaces } = options;
  const made = await installStepTypes(api);
  const session = await openClusterSession({
    kubeconfig,
    context: 'main',
    requestMs: 30_000,
    now: Date.now,
  });
  let played = 0;
  return {
    name,
    play(scenario) {
      played += 1;
      return play(scenario, namespaces[played % namespaces.length] ?? 'default', session, options);
    },
    async close() {
      await session.close();
      for (const path of made) await api.send('DELETE', path);
    },
  };
}

/** The paths of what was made. */
async function installStepTypes(api: KubeApi): Promise<readonly string[]> {
  const { name, bytes } = stepTypesFile();
  const { documents } = readDocuments(new TextDecoder().decode(bytes), name);
  const made: string[] = [];
  for (const { value } of documents) {
    const path = `${definitions}/${(value as unknown as KubeObject).metadata.name}`;
    const applied = `${path}?fieldManager=test&force=true`;
    await api.do('PATCH', applied, value, 'application/apply-patch+yaml');
    made.push(path);
  }
  return made;
}

async function play(
  scenario: Scenario,
  namespace: string,
  session: ClusterSession,
  { api, patienceMs }: ClusterPlaceOptions,
): Promise<Outcome> {
  const server = await ScriptedServer.start(scenario.serve);
  const common = { requests: server.requests, hasExactTimes: false };
  try {
    const ref = { namespace, name: runName(scenario) };
    const document = runOf(scenario, ref.name, namespace, server.url);
    for (const workflow of workflowsOf(scenario, namespace, server.url))
      await apply(api, namespace, workflow);
    const path = `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`;
    const { status, body } = await api.send('POST', path, document);
    if (status >= 300) return { refused: { text: JSON.stringify(body) }, isFinished: false, ...common };
    const view = await follow(scenario, ref, session, AbortSignal.timeout(patienceMs));
    const isFinished = view.endedAtMs !== undefined;
    return view.isRefused === true
      ? { refused: { text: view.message ?? '' }, isFinished, ...common }
      : { view, isFinished, ...common };
  } finally {
    server.close();
  }
}

async function apply(api: KubeApi, namespace: string, workflow: JsonObject): Promise<void> {
  const { name } = (workflow as unknown as KubeObject).metadata;
  const path = `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflows/${name}`;
  await api.do('PATCH', `${path}?fieldManager=test&force=true`, workflow, 'application/apply-patch+yaml');
}

/** Does what a person does, and gives the last view: that of the run's end, or of when the signal aborts. */
async function follow(
  { acts }: Scenario,
  ref: RunRef,
  session: ClusterSession,
  signal: AbortSignal,
): Promise<RunView> {
  const script = new Script(acts);
  let last: RunView | undefined;
  for await (const { view } of session.watch(ref, signal)) {
    last = view;
    const action = script.take(view);
    if (action?.do === 'restart') await session.restart(ref, action.step);
    else if (action !== undefined) {
      const { do: kind, step } = action;
      await session.command(ref, { kind, ...(step === undefined ? {} : { step }) });
    } else if (script.isDone && view.endedAtMs !== undefined) return view;
  }
  if (last === undefined) throw new Error(`run ${ref.name} is not there`);
  if (last.endedAtMs !== undefined) script.mustBeDone(last);
  return last;
}
