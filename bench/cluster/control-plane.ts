import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childrenNamed } from './programs.ts';

export interface ControlPlane {
  readonly server: string;
  readonly ca: string;
  /** A cluster administrator's. */
  readonly token: string;
  /** A directory that is removed at the end. */
  readonly directory: string;
  readonly etcdPid: number;
  readonly apiServerPid: number;
  stop(): Promise<void>;
}

interface Started {
  stop(): Promise<unknown>;
}

/** What the scripts, which are JavaScript, offer. */
interface Scripts {
  readonly findPrograms: (options: {
    readonly env: NodeJS.ProcessEnv;
    readonly say: (text: string) => void;
    readonly signal: AbortSignal;
  }) => Promise<{ readonly skipped?: string }>;
  readonly startEtcd: (options: object) => Promise<Started & { readonly url: string }>;
  readonly startCluster: (options: object) => Promise<
    Started & {
      readonly server: string;
      readonly ca: Buffer;
      readonly tokens: { readonly admin: string };
    }
  >;
}

/**
 * One kube-apiserver over one etcd that waits for the disk, and no controllers: nothing else moves there. Undefined where
 * neither the programs nor what builds them is there.
 */
export async function startControlPlane(signal: AbortSignal): Promise<ControlPlane | undefined> {
  const { findPrograms, startEtcd, startCluster } = await scripts();
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const programs = await findPrograms({ env: process.env, say, signal });
  if (programs.skipped !== undefined) {
    say(`skipped: ${programs.skipped}`);
    return undefined;
  }
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const started: Started[] = [];
  const stop = async (): Promise<void> => {
    for (const part of started.splice(0).toReversed()) await part.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const etcd = await startEtcd({ programs, directory, isDurable: true, signal });
    started.push(etcd);
    const cluster = await startCluster({
      name: 'bench',
      hasControllers: false,
      etcdUrl: etcd.url,
      programs,
      directory,
      signal,
    });
    started.push(cluster);
    return {
      server: cluster.server,
      ca: cluster.ca.toString(),
      token: cluster.tokens.admin,
      directory,
      etcdPid: childrenNamed('etcd')[0] ?? 0,
      apiServerPid: childrenNamed('kube-apiserver')[0] ?? 0,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function scripts(): Promise<Scripts> {
  const from = (file: string): Promise<unknown> =>
    import(join(import.meta.dirname, '../../scripts/control-plane', file));
  const [programs, etcd, cluster] = await Promise.all(
    ['find-programs.js', 'start-etcd.js', 'start-cluster.js'].map(from),
  );
  return Object.assign({}, programs, etcd, cluster) as Scripts;
}
