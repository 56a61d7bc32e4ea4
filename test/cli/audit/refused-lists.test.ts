import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { realCli, type RealEnd } from '../real-cli.ts';
import { refusingServer } from '../refusing-server.ts';
import { deployment } from './manifests.ts';

let stateDir: string;
let server: Awaited<ReturnType<typeof refusingServer>>;

/** It serves a Deployment with its NetworkPolicy, and refuses to say which budgets and autoscalers there are. */
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-refused-'));
  const [web, policy] = parseAllDocuments(deployment({ image: 'web' })).map((each) => {
    const object = each.toJS() as { readonly metadata: object };
    return { ...object, metadata: { ...object.metadata, namespace: 'shop', uid: 'u' } };
  });
  server = await refusingServer(stateDir, {
    '/apis/apps/v1/namespaces/shop/deployments/web': web,
    '/apis/apps/v1/namespaces/shop/deployments': [web],
    '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies': [policy],
    '/api/v1/namespaces/shop/serviceaccounts': [],
  });
});
afterAll(() => server.close());

async function audit(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['audit', ...server.words, '-n', 'shop', ...words], { stateDir });
}

describe('of one object', () => {
  test('what could be judged is, and what could not is named', async () => {
    const { code, stdout } = await audit('deploy/web');
    expect(code).toBe(0);
    expect(stdout).toContain('Deployment shop/web  score 92 of 100\n  -8  medium  ImageTagMutable');
    expect(stdout).toContain(
      'not judged: the rules NoDisruptionBudget: cannot list poddisruptionbudgets.policy (Forbidden)',
    );
    expect(stdout).not.toContain('  NoDisruptionBudget  ');
    expect(stdout).not.toContain('NoNetworkPolicy');
    expect(stdout).not.toContain('NetworkPolicy shop/web');
  });

  test('a wish is not met by what was not judged', async () => {
    expect((await audit('deploy/web', '--fail-on', 'medium')).code).toBe(1);
    expect((await audit('deploy/web', '--fail-on', 'high')).code).toBe(2);
    expect((await audit('deploy/web', '--min-score', '90')).code).toBe(2);
  });

  test('that may not be read', async () => {
    expect((await audit('deploy/other')).code).toBe(2);
  });
});

test('of a namespace: the kinds that may not be listed', async () => {
  const { code, stdout } = await audit();
  expect(code).toBe(0);
  expect(stdout).toContain('Deployment shop/web  score 92 of 100');
  expect(stdout).toContain(
    'not judged: the kind Ingress: cannot list ingresses.networking.k8s.io (Forbidden)',
  );
  expect(stdout).toContain('score 92 of 100, the worst of 2 objects (mean 96): 1 medium');
});
