import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubeApi } from '../cluster/kube-api.ts';
import { realClusters } from '../cluster/real-clusters.ts';
import { differences, type Outcome } from '../conformance/outcome.ts';
import { openClusterPlace } from '../conformance/places/cluster-place.ts';
import { playAll, playedOf, type Place } from '../conformance/places/place.ts';
import { expectedAt, readScenarios } from '../conformance/scenario.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
const scenarios = readScenarios();
let controller: TestController;
let place: Place;
let outcomes: ReadonlyMap<string, Promise<Outcome>>;

beforeAll(async () => {
  const namespaces = await Promise.all(Array.from({ length: 6 }, () => api.newNamespace()));
  await install(api, namespaces);
  const { kubeconfig } = realClusters();
  place = await openClusterPlace({ name: 'controller', api, kubeconfig, namespaces, patienceMs: 60_000 });
  controller = await startTestController(api);
  outcomes = playAll(place, scenarios, 24);
});

afterAll(async () => {
  await controller.stop();
  await place.close();
  await api.close();
});

/** The scenarios of test/conformance: what they say of the engine and of the local runner holds here, too. */
describe.each([...new Set(scenarios.map(({ file }) => file))])('in the controller, %s', (file) => {
  test.each(scenarios.filter((scenario) => scenario.file === file))('$name', async (scenario) => {
    const outcome = await playedOf(outcomes, scenario);
    expect(differences(expectedAt('controller', scenario), outcome)).toEqual([]);
  });
});
