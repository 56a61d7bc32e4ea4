import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { crdObjects } from '../../src/api/schema/crd/crd-objects.ts';
import { conditionOf, installCrds, pathOfKind } from './install-crds.ts';
import { KubeApi } from './kube-api.ts';

/*
 * A cluster on which KubeVela's controller works gets our CRDs over its own. What was stored under a schema that checks less
 * must stay readable, and both controllers must still be able to write its status.
 */

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const open: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

let api: KubeApi;
beforeAll(() => {
  api = new KubeApi('other');
});
afterAll(async () => {
  for (const { metadata } of crdObjects()) await api.send('DELETE', `${definitions}/${metadata.name ?? ''}`);
  await api.close();
});

/** The same kinds under a schema that takes everything, made by someone else. */
async function installOlderCrds(): Promise<void> {
  for (const crd of crdObjects()) {
    const spec = crd['spec'] as JsonObject & { readonly versions: readonly JsonObject[] };
    const versions = spec.versions.map((version) => ({
      ...version,
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: { spec: open, status: open, mode: open, steps: { type: 'array', items: open } },
        },
      },
    }));
    const path = `${definitions}/${crd.metadata.name ?? ''}`;
    await api.do('POST', definitions, { ...crd, spec: { ...spec, versions } });
    await expect
      .poll(async () => conditionOf(await api.do('GET', path), 'Established'), { timeout: 20_000 })
      .toBe('True');
    await expect
      .poll(async () => (await api.send('GET', pathOfKind(crd))).status, { timeout: 20_000 })
      .toBe(200);
  }
}

test('runs that the new schema would refuse live on under it', async () => {
  await installOlderCrds();
  const runs = '/apis/core.oam.dev/v1alpha1/namespaces/default/workflowruns';
  const spec = {
    mode: { steps: 'Parallel' },
    workflowSpec: {
      steps: [
        { name: 'a', type: 'suspend', timeout: '1d' },
        ...Array.from({ length: 1100 }, (_, index) => ({ name: `s${index}`, type: 'suspend' })),
      ],
    },
  };
  const older = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'older' },
    spec,
  };
  await api.do('POST', runs, older);
  const status = {
    status: 'executing',
    mode: { steps: 'Parallel' },
    finished: false,
    suspend: false,
    terminated: false,
  };
  await api.do('PATCH', `${runs}/older/status`, { status });

  await installCrds(api);
  // The new schema is in force when it refuses what is new.
  await expect
    .poll(
      async () =>
        (await api.send('POST', `${runs}?dryRun=All`, { ...older, metadata: { name: 'new' } })).status,
      {
        timeout: 20_000,
      },
    )
    .toBe(422);

  expect(await api.do('GET', `${runs}/older`)).toMatchObject({ spec, status });
  await api.do('PATCH', `${runs}/older`, { metadata: { labels: { seen: 'yes' } } });
  const written = await api.do('PATCH', `${runs}/older/status`, {
    status: { suspend: true, steps: [{ id: 'x', name: 'a', phase: 'suspending' }] },
  });
  expect(written['status']).toMatchObject({ status: 'executing', suspend: true });
  const edit = await api.send('PATCH', `${runs}/older`, { spec: { mode: { steps: 'DAG' } } });
  expect(edit.body['message']).toMatch(/the spec of a run that has not finished is fixed/);
  await api.do('PATCH', `${runs}/older/status`, { status: { status: 'succeeded', finished: true } });
});
