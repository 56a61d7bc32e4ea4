import type { KubeObject } from '../../src/api/kube-object.ts';
import type { KubeApi } from '../cluster/kube-api.ts';
import type { ControllerProcess } from './controller-process.ts';
import type { Provider } from './provider.ts';
import type { ApiProxy } from './proxy/api-proxy.ts';
import { describeCall, type Call } from './proxy/call.ts';
import type { RunWatch } from './run-watch.ts';

/** How long nothing may happen while somebody waits for a run. */
const defaultPatienceMs = 60_000;

export interface Scene {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly leaseNamespace: string;
  readonly runs: RunWatch;
  readonly provider: Provider;
  readonly proxies: readonly ApiProxy[];
  controllers(): readonly ControllerProcess[];
}

/**
 * Waits for what `look` finds. When nothing happens for a minute (no change of a run, no call of the provider, no write but
 * of a Lease), it throws with everything that tells why.
 */
export async function untilSeen<T>(
  scene: Scene,
  what: string,
  look: () => T | undefined,
  patienceMs: number = defaultPatienceMs,
): Promise<T> {
  const giveUp = new AbortController();
  const sinceMs = performance.now();
  const timer = setInterval(() => {
    const lastMs = Math.max(sinceMs, lastProgressMs(scene));
    if (performance.now() - lastMs > patienceMs) giveUp.abort(new Error(`stuck for ${patienceMs / 1000} s`));
    // Nobody kills it by a code: it ended of itself.
    if (scene.controllers().some(({ ended }) => typeof ended?.code === 'number'))
      giveUp.abort(new Error('a controller ended'));
  }, 1000);
  try {
    return await scene.runs.until(look, giveUp.signal);
  } catch (error) {
    if (giveUp.signal.aborted)
      throw new Error(`${String(error)}: ${what}\n${await dump(scene)}`, { cause: error });
    throw error;
  } finally {
    clearInterval(timer);
  }
}

function lastProgressMs({ runs, provider, proxies }: Scene): number {
  const writes = proxies.map(
    (proxy) => proxy.calls.findLast((call) => call.isWrite && call.kind !== 'lease')?.receivedMs ?? 0,
  );
  return Math.max(runs.changedMs, provider.calls.at(-1)?.arrivedMs ?? 0, ...writes);
}

/** Runs that have not ended, Leases, the last requests and the last words of the controllers. */
async function dump(scene: Scene): Promise<string> {
  const { api, namespace, leaseNamespace, provider, proxies } = scene;
  const list = async (path: string): Promise<readonly KubeObject[]> =>
    (await api.do('GET', path))['items'] as unknown as KubeObject[];
  const runs = await list(`/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`);
  const open = runs.filter((run) => (run['status'] as { finished?: boolean } | undefined)?.finished !== true);
  const leases = await list(`/apis/coordination.k8s.io/v1/namespaces/${leaseNamespace}/leases`);
  return [
    `${open.length} runs have not ended; the first:`,
    JSON.stringify({ ...open[0], metadata: open[0]?.metadata.name }),
    ...leases.map((lease) => `lease ${JSON.stringify(lease['spec'])}`),
    'provider:',
    ...provider.calls
      .slice(-10)
      .map((call) => `${call.run}/${call.step} ${call.key} +${Math.round(call.arrivedMs)}`),
    ...proxies.flatMap((proxy, i) => [
      `proxy ${i}, ${proxy.inFlight} requests in flight, ${proxy.watches.size} watches, now +${Math.round(performance.now())}:`,
      ...proxy.calls.slice(-40).map(describeCall),
    ]),
    ...scene
      .controllers()
      .flatMap((controller, i) => [
        `controller ${i} (${controller.ended === undefined ? 'alive' : JSON.stringify(controller.ended)}):`,
        controller.output.slice(-3000),
      ]),
  ].join('\n');
}

/** What was seen of one run, in order: calls of the provider, writes of the controllers, and of their Lease meanwhile. */
export function story({ provider, proxies }: Scene, run: string): string {
  const calls = provider.callsOf(run).map((call) => ({
    atMs: call.arrivedMs,
    text: `provider ${call.method} ${call.step} ${call.key.slice(0, 12)} answered +${Math.round(call.answeredMs ?? 0)}`,
  }));
  const isAbout = (call: Call): boolean => call.name.startsWith(run) || call.body.includes(`"${run}`);
  const times = proxies.flatMap((proxy) => proxy.calls.filter(isAbout).map((call) => call.receivedMs));
  const [firstMs, lastMs] = [Math.min(...times) - 5000, Math.max(...times)];
  const isMeanwhile = (call: Call): boolean =>
    call.kind === 'lease' && call.isWrite && call.receivedMs > firstMs && call.receivedMs < lastMs;
  const writes = proxies.flatMap((proxy, i) =>
    proxy.calls
      .filter((call) => isAbout(call) || isMeanwhile(call))
      .map((call) => ({ atMs: call.receivedMs, text: `proxy ${i}: ${describeCall(call)}` })),
  );
  return [...calls, ...writes]
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => `    +${Math.round(atMs)} ${text}`)
    .join('\n');
}
