import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { Api } from './api.ts';
import type { ControlPlane } from './control-plane.ts';
import { install, isCrd, isDefinition, objectsIn, remove, sluiceBin, systemNamespace } from './install.ts';
import { RunWatch } from './run-watch.ts';
import { messages, newName, runOf, runsPath } from './workflow-runs.ts';

export interface Engine {
  readonly name: 'Sluice' | 'KubeVela';
  /** Resolves when it has finished a first run; `startMs` is how long that took. */
  start(): Promise<Controller>;
}

export interface Controller {
  readonly pid: number;
  readonly startMs: number;
  /** Ends it as Kubernetes does, with SIGTERM. */
  stop(): Promise<void>;
}

interface Place {
  readonly controlPlane: ControlPlane;
  readonly api: Api;
}

/** The controller of this checkout, built, as its own account; `profileDirectory` is where a CPU profile is written. */
export function sluice(
  { controlPlane, api }: Place,
  { token, profileDirectory }: { readonly token: string; readonly profileDirectory?: string },
): Engine {
  const kubeconfig = writeKubeconfig(controlPlane, token, 'sluice');
  const profile = profileDirectory === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`];
  return {
    name: 'Sluice',
    async start() {
      const [health, metrics] = [await freePort(), await freePort()];
      return startController(api, {
        file: process.execPath,
        args: [
          ...profile,
          sluiceBin,
          'controller',
          `--kubeconfig=${kubeconfig}`,
          `--lease-namespace=${systemNamespace}`,
          `--health-bind=127.0.0.1:${health}`,
          `--metrics-bind=127.0.0.1:${metrics}`,
          '--allow-hosts=127.0.0.1',
        ],
        env: {},
        logFile: join(controlPlane.directory, 'sluice.log'),
      });
    },
  };
}

/**
 * KubeVela's controller with its chart's gates and sixteen workers. Its step types stand in the system namespace only
 * while it runs: Sluice would use them, too.
 */
export function kubeVela(
  { controlPlane, api }: Place,
  binary: string,
  definitions: readonly KubeObject[],
): Engine {
  const kubeconfig = writeKubeconfig(controlPlane, controlPlane.token, 'kubevela');
  return {
    name: 'KubeVela',
    async start() {
      const [health, metrics] = [await freePort(), await freePort()];
      await install(api, definitions);
      const controller = await startController(api, {
        file: binary,
        args: [
          `--metrics-bind-address=127.0.0.1:${metrics}`,
          `--health-probe-bind-address=127.0.0.1:${health}`,
          '--concurrent-reconciles=16',
          '--kube-api-qps=5000',
          '--kube-api-burst=5000',
        ],
        env: { KUBECONFIG: kubeconfig, CUE_EXPERIMENT: 'evalv3=0,keepvalidators=0' },
        logFile: join(controlPlane.directory, 'kubevela.log'),
      });
      return {
        ...controller,
        async stop() {
          await controller.stop();
          await remove(api, definitions);
        },
      };
    },
  };
}

/** The definitions and the kinds that KubeVela has beside ours, from the YAML files of a directory. */
export function kubeVelaObjects(
  directory: string,
  ours: readonly KubeObject[],
): { readonly crds: readonly KubeObject[]; readonly definitions: readonly KubeObject[] } {
  const objects = objectsIn(directory);
  const names = new Set(ours.map(({ metadata }) => metadata.name));
  return {
    crds: objects.filter((object) => isCrd(object) && !names.has(object.metadata.name)),
    definitions: objects.filter(isDefinition),
  };
}

interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

/** Its first run tells that it works. */
async function startController(api: Api, { file, args, env, logFile }: Program): Promise<Controller> {
  const begun = performance.now();
  const log = openSync(logFile, 'a', 0o600);
  const { PATH, HOME } = process.env;
  const child = spawn(file, args, { stdio: ['ignore', log, log], env: { PATH, HOME, ...env } });
  closeSync(log);
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(timer);
  };
  const watch = await RunWatch.open(api);
  try {
    const name = newName('first');
    await api.json('POST', runsPath, runOf(name, messages(1)));
    const early = ended.then(() => {
      throw new Error('it has ended');
    });
    await Promise.race([watch.finish(name, 60_000), early]);
    return { pid: child.pid ?? 0, startMs: performance.now() - begun, stop };
  } catch (error) {
    await stop();
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
    throw new Error(`${file} ${args[1] ?? ''} does not work; its last words:\n${lines}`, { cause: error });
  } finally {
    watch.close();
  }
}

function writeKubeconfig({ server, ca, directory }: ControlPlane, token: string, name: string): string {
  const file = join(directory, `kubeconfig-${name}`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'bench',
        cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: name } }],
    'current-context': 'bench',
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await once(server.close(), 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
