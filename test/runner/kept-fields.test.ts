import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openClusterSession } from '../../src/runner/cluster-session.ts';
import { answerStatus, ApiServer, type Seen } from '../cluster-port/api-server.ts';
import { openMemory } from '../cluster-port/fixtures.ts';
import { writeKubeconfig } from '../cluster-port/kubeconfig-file.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A cluster that keeps of each step these fields; which runs it was asked to create, and whether for a try. */
async function openPlace(fields: readonly string[]) {
  const server = await ApiServer.over((await openMemory()).cluster);
  server.kinds.set('core.oam.dev/v1alpha1', [
    { kind: 'WorkflowRun', name: 'workflowruns', namespaced: true },
  ]);
  const created: string[] = [];
  server.intercept = ({ method, path, query, body }: Seen, response) => {
    if (!path.includes('/workflowruns')) return false;
    if (method !== 'POST') {
      answerStatus(response, 404, 'NotFound', 'not found');
      return true;
    }
    const run = JSON.parse(body) as KubeObject & { spec: { workflowSpec?: { steps: JsonObject[] } } };
    created.push(`${query.get('dryRun') ?? 'really'} ${run.metadata.name ?? 'nameless'}`);
    const keep = (step: JsonObject): JsonObject => ({
      ...Object.fromEntries(Object.entries(step).filter(([name]) => fields.includes(name))),
      ...(Array.isArray(step['subSteps']) ? { subSteps: (step['subSteps'] as JsonObject[]).map(keep) } : {}),
    });
    const steps = (run.spec.workflowSpec?.steps ?? []).map(keep);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...run, spec: { workflowSpec: { steps } } }));
    return true;
  };
  const written = writeKubeconfig([{ name: 'main', server: server.url }]);
  const session = await openClusterSession({
    kubeconfig: written.file,
    namespace: 'team',
    requestMs: 10_000,
    now: Date.now,
  });
  closers.push(
    () => server.close(),
    () => written.remove(),
    () => session.close(),
  );
  return { session, created };
}

const runOf = (steps: readonly JsonObject[], more: JsonObject = {}): KubeObject => ({
  apiVersion: 'core.oam.dev/v1alpha1',
  kind: 'WorkflowRun',
  metadata: { name: 'release', namespace: 'team' },
  spec: { workflowSpec: { steps, ...more } },
});
const gate = { name: 'quality', type: 'gate' };
const deploy = { name: 'deploy', type: 'apply-object', requires: ['quality'] };
const group = { name: 'all', type: 'step-group', subSteps: [deploy] };

describe('a run whose steps require gates', () => {
  test.each([
    ['a step', [gate, deploy], 'deploy'],
    ['a sub-step', [gate, group], 'deploy'],
    ['a step without a name', [gate, { type: 'apply-object', requires: ['quality'] }], 'step-1'],
  ])('is not created where %s would lose them', async (_what, steps, name) => {
    const { session, created } = await openPlace(['name', 'type', 'properties']);
    await expect(session.create(runOf(steps), () => undefined)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'GatesNotKept',
      message: expect.stringContaining(`drops \`requires\` of ${name}: `) as string,
    });
    expect(created).toEqual(['All nameless']);
  });

  test('is created where they are kept', async () => {
    const { session, created } = await openPlace(['name', 'type', 'requires']);
    await session.create(runOf([gate, deploy, group]), () => undefined);
    expect(created).toEqual(['All nameless', 'really release']);
  });

  test('is not created where its handlers would be lost', async () => {
    const { session, created } = await openPlace(['name', 'type']);
    const run = runOf([gate], { onFailure: [gate], finally: [gate] });
    await expect(session.create(run, () => undefined)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'HandlersNotKept',
      message: expect.stringContaining('drops `onFailure` and `finally`: ') as string,
    });
    expect(created).toEqual(['All nameless']);
  });

  test('is not created where a step would lose its list', async () => {
    const { session, created } = await openPlace(['name', 'type']);
    const each = { name: 'each', type: 'suspend', forEach: { items: [1] } };
    await expect(session.create(runOf([each]), () => undefined)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'ListsNotKept',
      message: expect.stringContaining('drops `forEach` of each: ') as string,
    });
    expect(created).toEqual(['All nameless']);
  });

  test('is not created where its group would be lost', async () => {
    const { session, created } = await openPlace(['name', 'type']);
    const run = {
      ...runOf([gate]),
      spec: { concurrency: { group: 'prod' }, workflowSpec: { steps: [gate] } },
    };
    await expect(session.create(run, () => undefined)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'ConcurrencyNotKept',
    });
    expect(created).toEqual(['All nameless']);
  });

  test('is not created where its parameters would be lost', async () => {
    const { session, created } = await openPlace(['name', 'type']);
    const run = { ...runOf([gate]), spec: { workflowRef: 'w', parameters: { image: 'a:1' } } };
    await expect(session.create(run, () => undefined)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'ParametersNotKept',
    });
    expect(created).toEqual(['All nameless']);
  });

  test('another run is created without a try', async () => {
    const { session, created } = await openPlace(['name', 'type']);
    await session.create(runOf([gate, { ...deploy, requires: [] }]), () => undefined);
    expect(created).toEqual(['really release']);
  });
});
