import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface KubeconfigFile {
  readonly file: string;
  readonly directory: string;
  remove(): void;
}

export interface ContextFixture {
  readonly name: string;
  readonly server: string;
  readonly user?: object;
  readonly cluster?: object;
}

/** A kubeconfig with these contexts, the first of which is current. */
export function writeKubeconfig(contexts: readonly ContextFixture[]): KubeconfigFile {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-kubeconfig-'));
  const file = join(directory, 'config');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0]?.name ?? '',
    clusters: contexts.map(({ name, server, cluster }) => ({
      name: `c-${name}`,
      cluster: { server, ...cluster },
    })),
    users: contexts.map(({ name, user }) => ({
      name: `u-${name}`,
      user: user ?? { token: `token-${name}` },
    })),
    contexts: contexts.map(({ name }) => ({ name, context: { cluster: `c-${name}`, user: `u-${name}` } })),
  };
  writeFileSync(file, JSON.stringify(config));
  return { file, directory, remove: () => rmSync(directory, { recursive: true }) };
}
