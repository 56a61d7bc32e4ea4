import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKubeconfig } from './real-clusters.ts';

export interface TemporaryKubeconfig {
  readonly file: string;
  remove(): void;
}

/** The kubeconfig of the tests, with one cluster's API server said to be at another port of 127.0.0.1. */
export function kubeconfigWithServerAt(name: 'main' | 'other', port: number): TemporaryKubeconfig {
  const kubeconfig = readKubeconfig();
  const clusters = kubeconfig.clusters.map((entry) =>
    entry.name === name
      ? { ...entry, cluster: { ...entry.cluster, server: `https://127.0.0.1:${port}` } }
      : entry,
  );
  const directory = mkdtempSync(join(tmpdir(), 'sluice-kubeconfig-'));
  const file = join(directory, 'kubeconfig');
  writeFileSync(file, JSON.stringify({ ...kubeconfig, clusters }), { mode: 0o600 });
  return { file, remove: () => rmSync(directory, { recursive: true }) };
}
