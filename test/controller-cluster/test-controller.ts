import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import {
  openController,
  type ControllerOptions,
  type RunningController,
} from '../../src/controller/open-controller.ts';
import { openLogger } from '../../src/controller/log/open-logger.ts';
import { wholeInstallation } from '../../src/controller/install/whole-installation.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { installCrds } from '../cluster/install-crds.ts';
import type { KubeApi } from '../cluster/kube-api.ts';
import { accessOf } from '../cluster/real-clusters.ts';

/** A controller in this process, with the rights of deploy/install.yaml and no others. */
export interface TestController {
  /** What it logged so far, as lines of JSON. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** Applies what install.yaml holds, but for the Deployment: the tests run the controller themselves. */
export async function install(api: KubeApi, namespaces: readonly string[]): Promise<void> {
  await installCrds(api);
  for (const object of wholeInstallation({ namespaces, image: 'sluice' })) {
    if (['CustomResourceDefinition', 'Deployment', 'PodDisruptionBudget'].includes(object.kind)) continue;
    await applyObject(api, object);
  }
}

export async function startTestController(
  api: KubeApi,
  options: Partial<ControllerOptions> = {},
): Promise<TestController> {
  const { server, ca } = accessOf('main');
  const log: string[] = [];
  const running: RunningController = await openController({
    access: staticAccess(server, 'main', {
      headers: { authorization: `Bearer ${await controllerToken(api)}` },
      tls: { ca },
    }),
    leaseNamespace: 'vela-system',
    defaultServiceAccount: 'sluice-runner',
    shard: { index: 0, count: 1 },
    concurrency: 24,
    metricsBind: undefined,
    healthBind: undefined,
    allowOfflineModel: true,
    allowHosts: ['127.0.0.1'],
    denyPrivate: false,
    retention: { ttlMs: undefined, historyLimit: undefined },
    env: {},
    version: 'test',
    log: await openLogger({
      level: 'debug',
      stream: { write: (line: string) => log.push(line) },
      isTerminal: false,
      now: () => Date.now(),
    }),
    now: () => Date.now(),
    ...options,
  });
  return { log, stop: () => running.stop() };
}

/** The token of the service account that install.yaml gives the controller. */
async function controllerToken(api: KubeApi): Promise<string> {
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer = await api.do(
    'POST',
    '/api/v1/namespaces/vela-system/serviceaccounts/sluice-controller/token',
    request,
  );
  return (answer['status'] as unknown as { token: string }).token;
}

const plurals: Readonly<Record<string, string>> = { NetworkPolicy: 'networkpolicies' };

async function applyObject(api: KubeApi, object: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  const path = `${root}${place}/${plural}/${metadata.name}?fieldManager=test&force=true`;
  await api.do('PATCH', path, object, 'application/apply-patch+yaml');
}
