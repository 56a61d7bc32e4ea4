import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../../bench/cluster/api.ts';
import { kubeVela, type Controller } from '../../bench/cluster/engines.ts';
import { isCrd, isDefinition, objectsIn, prepare } from '../../bench/cluster/install.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { accessOf, realClusters } from '../cluster/real-clusters.ts';
import { differences, type Outcome } from './outcome.ts';
import { openClusterPlace } from './places/cluster-place.ts';
import { playAll, playedOf } from './places/place.ts';
import { expectedAt, readScenarios, type Scenario } from './scenario.ts';

interface PeerOptions {
  /** KubeVela's workflow controller. */
  readonly binary: string;
  /** The YAML of its kinds and step types. */
  readonly directory: string;
  /** Parts of the names of scenarios; empty for all. */
  readonly only: readonly string[];
  readonly say: (text: string) => void;
}

/** Eleven attempts of a step take 51 seconds. */
const patienceMs = 90_000;

/** 0, or 1 where something differs that no scenario says, or no longer differs as one says. */
export async function comparePeer({ binary, directory, only, say }: PeerOptions): Promise<number> {
  const all = readScenarios().filter(
    ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
  );
  const extensions = all.filter(({ extension }) => extension !== undefined);
  const others = all.filter(({ extension }) => extension === undefined);
  const scenarios = others.filter(({ differs }) => differs.kubevela?.skip !== true);
  const found = await withKubeVela(binary, directory, (namespaces) => playThere(scenarios, namespaces));
  for (const [name, lines] of found.unexpected) say(`${name}\n  ${lines.join('\n  ')}`);
  for (const name of found.vanished) say(`${name}\n  it is said to differ, and does not`);
  const known = scenarios.filter(({ differs }) => differs.kubevela !== undefined).length;
  say(
    `${scenarios.length} scenarios: ${scenarios.length - known} to be the same, ${known} to differ as said; ` +
      `${found.unexpected.length} differ otherwise, ${found.vanished.length} no longer; ` +
      `${others.length - scenarios.length} cannot be played there, ${extensions.length} are about extensions`,
  );
  return found.unexpected.length + found.vanished.length === 0 ? 0 : 1;
}

interface Found {
  readonly unexpected: readonly (readonly [name: string, lines: readonly string[]])[];
  readonly vanished: readonly string[];
}

async function playThere(scenarios: readonly Scenario[], namespaces: readonly string[]): Promise<Found> {
  const api = new KubeApi('main');
  const { kubeconfig } = realClusters();
  const place = await openClusterPlace({ name: 'kubevela', api, kubeconfig, namespaces, patienceMs });
  try {
    const outcomes = playAll(place, scenarios, 48);
    const unexpected: (readonly [string, readonly string[]])[] = [];
    const vanished: string[] = [];
    for (const scenario of scenarios) {
      const lines = await lookAt(scenario, playedOf(outcomes, scenario));
      if (lines.here.length > 0) unexpected.push([scenario.name, lines.here]);
      else if (scenario.differs.kubevela !== undefined && lines.elsewhere.length === 0)
        vanished.push(scenario.name);
    }
    return { unexpected, vanished };
  } finally {
    await place.close();
    await api.close();
  }
}

/** What is otherwise than said of KubeVela, and than said of Sluice. */
async function lookAt(
  scenario: Scenario,
  played: Promise<Outcome>,
): Promise<{ readonly here: readonly string[]; readonly elsewhere: readonly string[] }> {
  try {
    const outcome = await played;
    // It sends no keys, and its times are whole seconds.
    const seen = (expected: Scenario['expect']): Scenario['expect'] => {
      const { order: _order, keys: _keys, ...rest } = expected;
      return rest;
    };
    return {
      here: differences(seen(expectedAt('kubevela', scenario)), outcome),
      elsewhere: differences(seen(scenario.expect), outcome),
    };
  } catch (error) {
    const line = (error as Error).message;
    return { here: [line], elsewhere: [line] };
  }
}

async function withKubeVela<T>(
  binary: string,
  directory: string,
  work: (namespaces: readonly string[]) => Promise<T>,
): Promise<T> {
  const access = accessOf('main');
  const bench = new Api(access, 32);
  const scratch = mkdtempSync(join(tmpdir(), 'sluice-peer-'));
  let controller: Controller | undefined;
  try {
    const objects = objectsIn(directory);
    await prepare(bench, objects.filter(isCrd));
    const controlPlane = {
      ...access,
      directory: scratch,
      etcdPid: 0,
      apiServerPid: 0,
      stop: () => Promise.resolve(),
    };
    controller = await kubeVela({ controlPlane, api: bench }, binary, objects.filter(isDefinition)).start();
    const api = new KubeApi('main');
    const namespaces = await Promise.all(Array.from({ length: 4 }, () => api.newNamespace()));
    await api.close();
    return await work(namespaces);
  } finally {
    await controller?.stop();
    await bench.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
