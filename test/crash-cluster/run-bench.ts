import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { writeReadyStatus } from '../cluster/ready-status.ts';
import type { ControllerProcess } from './controller-process.ts';
import { judge, type Kill, type Verdict } from './oracle.ts';
import { effectsAccount, systemNamespace } from './installation.ts';
import type { Place } from './place.ts';
import type { Provider } from './provider.ts';
import type { ApiProxy } from './proxy/api-proxy.ts';
import type { Call } from './proxy/call.ts';
import { isFinished, statusOf } from './run-status.ts';
import { RunWatch } from './run-watch.ts';
import { untilSeen, type Scene } from './stuck.ts';
import { placed, type PlacedWorkflow, type Workflow } from './workflows.ts';

/** Writes that follow the end of a run come within this time. */
const quietMs = 150;

/** A namespace for runs, the provider that they call, and the proxies in front of whoever drives them. */
export abstract class RunBench implements Scene {
  readonly place: Place;
  readonly api: Place['api'];
  readonly namespace: string;
  readonly leaseNamespace: string = systemNamespace;
  readonly proxies: readonly ApiProxy[];
  readonly provider: Provider;
  readonly runs: RunWatch;
  readonly #stopping = new AbortController();
  readonly #node: Promise<void>;
  /** Deaths of controllers that are followed by another one. */
  readonly kills: Kill[] = [];

  protected constructor(place: Place, namespace: string, proxies: readonly ApiProxy[], provider: Provider) {
    this.place = place;
    this.api = place.api;
    this.namespace = namespace;
    this.proxies = proxies;
    this.provider = provider;
    this.runs = new RunWatch(place.api, namespace);
    this.#node = this.#makeDeploymentsReady();
  }

  abstract controllers(): readonly ControllerProcess[];

  get user(): string {
    return `system:serviceaccount:${this.namespace}:${effectsAccount}`;
  }

  async freeLease(): Promise<void> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${this.leaseNamespace}/leases`;
    const { items } = await this.api.do('GET', path);
    for (const { metadata } of items as unknown as KubeObject[])
      await this.api.send('DELETE', `${path}/${metadata.name}`);
  }

  /** What the dead had sent has come to its end. */
  protected async settled(): Promise<void> {
    const deadline = performance.now() + 30_000;
    while (this.isBusy) {
      if (performance.now() > deadline)
        throw new Error('requests of the dead controller do not come to an end');
      await sleep(1);
    }
  }

  /** Nothing has been written for a moment. */
  async quiet(): Promise<void> {
    const lastMs = (): number =>
      Math.max(
        0,
        ...this.proxies.map(({ calls }) => calls.findLast((call) => call.isWrite)?.receivedMs ?? 0),
      );
    while (this.isBusy || performance.now() - Math.max(lastMs(), this.runs.changedMs) < quietMs)
      await sleep(10);
  }

  protected get isBusy(): boolean {
    return this.proxies.some(({ inFlight }) => inFlight > 0);
  }

  async create(workflow: Workflow, name: string): Promise<PlacedWorkflow> {
    const one = placed(workflow, name, this.namespace, this.provider.url);
    this.provider.script(name, one.expected.answers ?? {});
    await this.api.do('POST', this.#runPath(''), one.run);
    return one;
  }

  /** Resolves with the run when it has ended; throws when nothing at all happens for too long. */
  async untilEnded(name: string, patienceMs?: number): Promise<KubeObject> {
    return this.until(`the end of ${name}`, () => this.finished(name), patienceMs);
  }

  until<T>(what: string, look: () => T | undefined, patienceMs?: number): Promise<T> {
    return untilSeen(this, what, look, patienceMs);
  }

  finished(name: string): KubeObject | undefined {
    const run = this.runs.get(name);
    return run !== undefined && isFinished(run) ? run : undefined;
  }

  /** Of a run that has ended: what became of it, judged by what happened since `sinceMs`. */
  async judge(name: string, { expected }: PlacedWorkflow, sinceMs: number): Promise<Verdict> {
    const objects = new Map<string, KubeObject | undefined>();
    for (const place of Object.keys(expected.objects ?? {})) {
      const [resource, object] = place.split('/');
      const group = resource === 'deployments' ? '/apis/apps/v1' : '/api/v1';
      const found = await this.api.send('GET', `${group}/namespaces/${this.namespace}/${resource}/${object}`);
      objects.set(place, found.status === 200 ? (found.body as unknown as KubeObject) : undefined);
    }
    const finished = this.finished(name);
    if (finished === undefined) throw new Error(`${name} has not ended`);
    return judge({
      run: name,
      expected,
      provider: this.provider.callsOf(name),
      proxy: this.callsSince(sinceMs),
      kills: this.kills.filter(({ nextStartMs }) => nextStartMs > sinceMs),
      finished,
      objects,
      user: this.user,
    });
  }

  /** Requests of every controller, in order. */
  callsSince(sinceMs: number): readonly Call[] {
    return this.proxies
      .flatMap(({ calls }) => calls.slice(firstSince(calls, sinceMs)))
      .toSorted((a, b) => a.receivedMs - b.receivedMs);
  }

  /** What `vela workflow resume` and ours write. */
  async resume(name: string): Promise<void> {
    const run = this.runs.get(name);
    const steps = (run === undefined ? [] : (statusOf(run).steps ?? [])).map((step) =>
      step.phase === 'suspending' ? { ...step, phase: 'running' } : step,
    );
    await this.api.do('PATCH', this.#runPath(`/${name}/status`), { status: { suspend: false, steps } });
  }

  async remove(name: string): Promise<void> {
    await this.api.send('DELETE', this.#runPath(`/${name}`));
  }

  /** Nothing is done to requests and calls any more. */
  calm(): void {
    for (const proxy of this.proxies) {
      proxy.onCall = () => undefined;
      proxy.watchRules = {};
    }
    this.provider.onArrival = () => undefined;
    this.provider.onAnswered = () => undefined;
  }

  async close(): Promise<void> {
    await Promise.all(this.controllers().map((controller) => controller.stop()));
    this.#stopping.abort();
    const proxies = this.proxies.map((proxy) => proxy.close());
    await Promise.all([this.#node, this.runs.stop(), this.provider.close(), ...proxies]);
    await this.place.close();
  }

  #runPath(rest: string): string {
    return `/apis/core.oam.dev/v1alpha1/namespaces/${this.namespace}/workflowruns${rest}`;
  }

  /** Every Deployment is ready as soon as it is there: nobody else sees to it. */
  async #makeDeploymentsReady(): Promise<void> {
    const { signal } = this.#stopping;
    const path = `/apis/apps/v1/namespaces/${this.namespace}/deployments`;
    const seen = new Map<string, number>();
    while (!signal.aborted) {
      await this.api.follow(
        path,
        async (deployment) => {
          const { name = '', generation = 0 } = deployment.metadata as { name?: string; generation?: number };
          if (seen.get(name) === generation) return;
          seen.set(name, generation);
          await writeReadyStatus(this.api, deployment);
        },
        signal,
      );
    }
  }
}

function firstSince(calls: readonly Call[], sinceMs: number): number {
  let first = calls.length;
  while (first > 0 && (calls[first - 1]?.receivedMs ?? 0) >= sinceMs) first -= 1;
  return first;
}
