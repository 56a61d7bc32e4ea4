import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { crdObjects } from '../../src/api/schema/crd/crd-objects.ts';
import { installCrds } from './install-crds.ts';
import { KubeApi } from './kube-api.ts';

/*
 * A cluster on which KubeVela's controller works gets our CRDs over its own. What was stored under a schema that checks less
 * must stay readable, and both controllers must still be able to write its status.
 */

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const open: JsonObject = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

/** In a group of their own: other tests work with the real one at the same time. */
const group = 'upgraded.example';
const crds: readonly KubeObject[] = crdObjects().map((crd) => ({
  ...crd,
  metadata: { name: `${crd.metadata.name?.split('.')[0] ?? ''}.${group}` },
  spec: { ...(crd['spec'] as JsonObject), group },
}));

let api: KubeApi;
beforeAll(() => {
  api = new KubeApi('other');
});
afterAll(async () => {
  for (const { metadata } of crds) await api.send('DELETE', `${definitions}/${metadata.name ?? ''}`);
  await api.close();
});

/** The same kinds under a schema that takes everything. */
const olderCrds: readonly KubeObject[] = crds.map((crd) => {
  const spec = crd['spec'] as JsonObject & { readonly versions: readonly JsonObject[] };
  const openAPIV3Schema = { type: 'object', properties: { spec: open, status: open } };
  return {
    ...crd,
    spec: {
      ...spec,
      versions: spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema } })),
    },
  };
});

test('runs that the new schema would refuse live on under it', async () => {
  await installCrds(api, olderCrds);
  const runs = `/apis/${group}/v1alpha1/namespaces/default/workflowruns`;
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
    apiVersion: `${group}/v1alpha1`,
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

  await installCrds(api, crds);
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
