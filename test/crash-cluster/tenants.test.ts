import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { differences, readAuditLog } from './audit-log.ts';
import { Bench } from './bench.ts';
import { controllerUser, effectsAccount } from './installation.ts';
import { report } from './options.ts';
import { describeRun, phaseOf } from './run-status.ts';

let bench: Bench;
/** Another tenant's namespace, enabled as well; and one that is not. */
let other: string;
let closed: string;
const begunMs = Date.now();

beforeAll(async () => {
  bench = await Bench.open();
  other = await bench.place.newNamespace();
  closed = await bench.api.newNamespace();
  await bench.api.do('POST', `/api/v1/namespaces/${other}/configmaps`, {
    metadata: { name: 'theirs' },
    data: { a: '1' },
  });
  await bench.api.do('POST', definitions(), stealing());
  await bench.ensureController();
});
afterAll(() => bench.close());

const definitions = (): string =>
  `/apis/core.oam.dev/v1beta1/namespaces/${bench.namespace}/workflowstepdefinitions`;

interface Attempt {
  readonly name: string;
  /** The run's namespace; `mine` unless it says otherwise. */
  readonly from?: 'closed';
  readonly step: () => object;
  readonly spec?: () => object;
  readonly annotations?: () => Readonly<Record<string, string>>;
  /** What the run's message or step's message says; undefined: it succeeds, as the run's own account. */
  readonly denied?: RegExp;
}

const configMap = (namespace: string | undefined): object => ({
  name: 'apply',
  type: 'apply-object',
  properties: {
    value: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'made', ...(namespace === undefined ? {} : { namespace }) },
    },
  },
});

const attempts: readonly Attempt[] = [
  { name: 'own', step: () => configMap(undefined) },
  { name: 'apply-there', step: () => configMap(other), denied: /forbidden/ },
  {
    name: 'read-secret',
    step: () => ({
      name: 'read',
      type: 'read-object',
      properties: { apiVersion: 'v1', kind: 'Secret', name: 'model', namespace: other },
    }),
    denied: /forbidden/,
  },
  {
    name: 'delete-there',
    step: () => ({
      name: 'delete',
      type: 'delete-object',
      properties: { apiVersion: 'v1', kind: 'ConfigMap', name: 'theirs', namespace: other },
    }),
    denied: /forbidden/,
  },
  {
    name: 'become-admin',
    step: () => ({
      name: 'apply',
      type: 'apply-object',
      properties: {
        value: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRoleBinding',
          metadata: { name: 'stolen' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'ServiceAccount', name: effectsAccount, namespace: bench.namespace }],
        },
      },
    }),
    denied: /forbidden/,
  },
  {
    name: 'annotations',
    step: () => configMap(other),
    annotations: () => ({
      'app.oam.dev/service-account-name': effectsAccount,
      'app.oam.dev/username': 'admin',
      'app.oam.dev/group': 'system:masters',
      'sluice.dev/service-account': `${other}:${effectsAccount}`,
      'oam.dev/impersonate': 'true',
    }),
    denied: /forbidden/,
  },
  {
    name: 'controller-account',
    step: () => configMap(undefined),
    spec: () => ({ serviceAccountName: 'sluice-controller' }),
    denied: /sluice-controller/,
  },
  {
    name: 'unlisted-account',
    step: () => configMap(undefined),
    spec: () => ({ serviceAccountName: 'default' }),
    denied: /default/,
  },
  {
    name: 'context',
    step: () => ({ name: 'app', type: 'apply-deployment', properties: { image: 'nginx' } }),
    spec: () => ({ context: { namespace: other } }),
    denied: /forbidden/,
  },
  {
    name: 'definition',
    step: () => ({ name: 'steal', type: 'steal', properties: { namespace: other } }),
    denied: /forbidden/,
  },
  { name: 'closed', from: 'closed', step: () => configMap(undefined), denied: /sluice install --namespace/ },
];

describe('one tenant in another tenant’s place', () => {
  test.each(attempts)('$name', { timeout: 120_000 }, async (attempt) => {
    const namespace = attempt.from === 'closed' ? closed : bench.namespace;
    const path = `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`;
    await bench.api.do('POST', path, {
      kind: 'WorkflowRun',
      apiVersion: 'core.oam.dev/v1alpha1',
      metadata: { name: attempt.name, annotations: attempt.annotations?.() ?? {} },
      spec: { ...attempt.spec?.(), workflowSpec: { steps: [attempt.step()] } },
    });
    const finished = await ended(`${path}/${attempt.name}`);
    expect(phaseOf(finished), describeRun(finished)).toBe(
      attempt.denied === undefined ? 'succeeded' : 'failed',
    );
    if (attempt.denied !== undefined) expect(JSON.stringify(finished['status'])).toMatch(attempt.denied);
  });

  test('the API server saw no other account at work, and let none do what it may not', async () => {
    await bench.quiet();
    const entries = readAuditLog(bench.place.context, begunMs).filter(({ user }) => user === controllerUser);
    expect(differences(entries, bench.proxy.calls, controllerUser)).toEqual([]);
    const accounts = new Set(entries.map((entry) => entry.as).filter((name) => name !== ''));
    expect([...accounts]).toEqual([bench.user]);
    const elsewhere = entries.filter((entry) => entry.namespace === other && entry.code < 300);
    expect(elsewhere.filter(({ resource }) => resource !== 'events')).toEqual([]);
    expect((await bench.api.send('GET', `/api/v1/namespaces/${other}/configmaps/theirs`)).status).toBe(200);
    for (const namespace of [other, closed])
      expect((await bench.api.send('GET', `/api/v1/namespaces/${namespace}/configmaps/made`)).status).toBe(
        404,
      );
    expect(
      (await bench.api.send('GET', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/stolen')).status,
    ).toBe(404);
    report({
      row: 12,
      name: 'attempts',
      cases: attempts.length,
      notes: `${entries.length} writes in the audit log, all as ${[...accounts].join()} or its own`,
    });
  });
});

async function ended(path: string): Promise<KubeObject> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (path.includes(bench.namespace)) return bench.untilEnded(name);
  let found = (await bench.api.do('GET', path)) as unknown as KubeObject;
  await expect
    .poll(
      async () => {
        found = (await bench.api.do('GET', path)) as unknown as KubeObject;
        return phaseOf(found);
      },
      { timeout: 60_000 },
    )
    .toBe('failed');
  return found;
}

/** A step type of the tenant's own that writes where it is told. */
function stealing(): object {
  return {
    kind: 'WorkflowStepDefinition',
    apiVersion: 'core.oam.dev/v1beta1',
    metadata: { name: 'steal' },
    spec: {
      schematic: {
        sluice: {
          parameters: {
            type: 'object',
            required: ['namespace'],
            properties: { namespace: { type: 'string' } },
          },
          ops: [
            {
              id: 'write',
              op: 'apply',
              with: {
                value: {
                  apiVersion: 'v1',
                  kind: 'ConfigMap',
                  metadata: {
                    name: 'made',
                    namespace: '${ parameter.namespace }',
                    annotations: { 'sluice.dev/as': 'admin' },
                  },
                },
              },
            },
          ],
        },
      },
    },
  };
}
