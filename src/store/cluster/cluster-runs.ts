import { setTimeout as sleep } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { textAt, valueAt } from '../../cluster/json-reading.ts';
import { ReadVersions } from '../../cluster/kubernetes/read-versions.ts';
import { runWatchLoop, watchLimits } from '../../cluster/kubernetes/watch-loop.ts';
import type { Command, RunRef, RunSummary } from '../port.ts';
import { declaredSteps } from './declared-steps.ts';
import { commandPatch, emptyStatus, refuseUnfinished, restartPatch } from './run-patch.ts';
import { summaryOfObject } from './run-view.ts';
import { isConflict, type WorkflowApi } from './workflow-api.ts';

const conflictTries = 20;
/** A run is read so often where it cannot be watched. */
const pollMs = 5000;
const goneWithinMs = 30_000;
/** An API server that is restarted is back by then. */
const patienceMs = 120_000;

/** The WorkflowRuns of a cluster: reads them, and changes them as a person asks. */
export class ClusterRuns {
  readonly #api: WorkflowApi;

  constructor(api: WorkflowApi) {
    this.#api = api;
  }

  async find({ namespace, name }: RunRef): Promise<KubeObject | undefined> {
    return this.#api.get('workflowruns', namespace, name);
  }

  /** Throws SluiceError `invalid`/`NoSuchRun` with the names there are. */
  async get(ref: RunRef): Promise<KubeObject> {
    const run = await this.find(ref);
    if (run !== undefined) return run;
    const names = (await this.firstNames(ref.namespace)).join(', ');
    throw new SluiceError('invalid', 'NoSuchRun', `can't find workflowrun ${ref.namespace}/${ref.name}`, {
      hint:
        names === ''
          ? `There is no run in namespace ${ref.namespace}; look into another with -n, or into all: sluice workflow list -A`
          : `In namespace ${ref.namespace} there are: ${names}`,
    });
  }

  /** The Workflow that a run refers to; undefined when it has its steps itself, and where it cannot be had. */
  async workflowOf(run: KubeObject): Promise<KubeObject | undefined> {
    const name = textAt(run, 'spec', 'workflowRef');
    if (name === '' || valueAt(run, 'spec', 'workflowSpec') !== undefined) return undefined;
    return this.#api.get('workflows', run.metadata.namespace ?? 'default', name).catch(() => undefined);
  }

  /** Newest first; of every namespace without one. */
  async list(namespace: string | undefined): Promise<readonly RunSummary[]> {
    const runs = await this.#api.list('workflowruns', namespace, summaryOfObject);
    return runs.toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  }

  /** Some of the runs, for a hint. */
  async firstNames(namespace: string): Promise<readonly string[]> {
    const some = await this.#api.some('workflowruns', namespace, 10);
    return some.map(({ metadata }) => metadata.name ?? '');
  }

  /**
   * The run as it is now and after each change; ends when the run is gone or the signal aborts. A server that is away for a
   * while is waited for.
   */
  async *watch(ref: RunRef, signal: AbortSignal): AsyncGenerator<KubeObject> {
    const stop = new AbortController();
    const ended = AbortSignal.any([signal, stop.signal]);
    let change = Promise.withResolvers<void>();
    const wake = (): void => change.resolve();
    ended.addEventListener('abort', wake, { once: true });
    const versions = new ReadVersions();
    void runWatchLoop({
      client: this.#api.client,
      collection: async () => collectionOf(ref),
      name: ref.name,
      versions,
      versionKey: ref.name,
      limits: watchLimits,
      onChange: wake,
      signal: ended,
    });
    const poll = setInterval(wake, pollMs);
    try {
      let last: string | undefined;
      while (!ended.aborted) {
        change = Promise.withResolvers<void>();
        const run = last === undefined ? await this.find(ref) : await this.#findPatiently(ref, ended);
        if (run === 'aborted') return;
        // What was read here and what the watch begins with may differ: it tells by comparing the two.
        versions.add(ref.name, run?.metadata.resourceVersion ?? '');
        if (run === undefined) return;
        if (run.metadata.resourceVersion !== last) yield run;
        last = run.metadata.resourceVersion;
        await change.promise;
      }
    } finally {
      clearInterval(poll);
      stop.abort();
    }
  }

  async #findPatiently(ref: RunRef, signal: AbortSignal): Promise<KubeObject | 'aborted' | undefined> {
    const endMs = performance.now() + patienceMs;
    while (!signal.aborted) {
      try {
        return await this.find(ref);
      } catch (error) {
        const mayPass = isSluiceError(error) && error.kind === 'environment';
        if (!mayPass || performance.now() > endMs) throw error;
        await sleep(pollMs / 5, undefined, { signal }).catch(() => undefined);
      }
    }
    return 'aborted';
  }

  async create(run: KubeObject): Promise<KubeObject> {
    return this.#api.create('workflowruns', run);
  }

  /** The run as the server would keep it; it is not created, and may exist. */
  async tryOut(run: KubeObject): Promise<KubeObject> {
    const { name: _name, ...metadata } = run.metadata;
    const nameless = { ...run, metadata: { ...metadata, generateName: 'sluice-dry-run-' } };
    return this.#api.create('workflowruns', nameless, true);
  }

  async delete({ namespace, name }: RunRef): Promise<boolean> {
    return this.#api.delete('workflowruns', namespace, name);
  }

  /** Deletes this very object and waits until its name is free. */
  async remove(run: KubeObject): Promise<void> {
    const { namespace = 'default', name = '', uid = '' } = run.metadata;
    await this.#api.delete('workflowruns', namespace, name, uid);
    const endMs = performance.now() + goneWithinMs;
    while ((await this.find({ namespace, name }))?.metadata.uid === uid) {
      if (performance.now() > endMs) {
        const what = `the finished run ${namespace}/${name} is being deleted, but something still holds it`;
        throw new SluiceError('environment', 'DeletionPending', what, {
          hint: 'See its finalizers: kubectl get workflowrun -o yaml',
        });
      }
      await sleep(200);
    }
  }

  /** Suspends, resumes or terminates. Throws SluiceError `invalid` when that makes no sense. */
  async command(ref: RunRef, command: Command): Promise<void> {
    await this.#change(ref, async (run) => {
      const patch = commandPatch(run, command);
      if (patch !== undefined) await this.#api.patchStatus(run, patch);
    });
  }

  /** Begins a finished run anew, or from one of its failed steps. Throws SluiceError `invalid`. */
  async restart(ref: RunRef, step: string | undefined): Promise<void> {
    await this.#change(ref, async (run) => {
      refuseUnfinished(run);
      const backend = textAt(run, 'status', 'contextBackend', 'name');
      if (step === undefined) {
        if (backend !== '') await this.#deleteContext(ref.namespace, backend);
        await this.#api.putStatus(run, emptyStatus);
        return;
      }
      if (backend !== '') throw otherEngine(ref, step);
      const declared = declaredSteps(run, await this.workflowOf(run));
      await this.#api.patchStatus(run, restartPatch(run, declared, step));
    });
  }

  /** What a person asks counts for the run as it is: whoever wrote in between is read first. */
  async #change(ref: RunRef, write: (run: KubeObject) => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      const run = await this.get(ref);
      try {
        await write(run);
        return;
      } catch (error) {
        if (!isConflict(error) || tries >= conflictTries) throw error;
        await sleep(Math.random() * 20 * tries);
      }
    }
  }

  /** KubeVela keeps outputs there; a run that begins anew must not meet them. */
  async #deleteContext(namespace: string, name: string): Promise<void> {
    await this.#api.client.find({
      method: 'DELETE',
      path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps/${encodeURIComponent(name)}`,
      doing: `delete configmaps ${name}`,
    });
  }
}

function collectionOf({ namespace }: RunRef): string {
  return `/apis/core.oam.dev/v1alpha1/namespaces/${encodeURIComponent(namespace)}/workflowruns`;
}

function otherEngine({ namespace, name }: RunRef, step: string): SluiceError {
  const what = `run ${namespace}/${name} is driven by KubeVela, which keeps its outputs in a ConfigMap of its own`;
  return new SluiceError('invalid', 'OtherEngine', what, {
    hint: `vela workflow restart ${name} -n ${namespace} --step ${step}`,
  });
}
