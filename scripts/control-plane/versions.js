// What go.mod pins, so that the versions are written down once.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const text = readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8');

export const kubernetesVersion = pinned('k8s.io/kubernetes');
export const etcdVersion = pinned('go.etcd.io/etcd/server/v3');
export const oldestGo = /^go (\S+)$/m.exec(text)?.[1] ?? 'unknown';

function pinned(module) {
  const version = new RegExp(`^\\s*${module} (v\\S+)$`, 'm').exec(text)?.[1];
  if (version === undefined) throw new Error(`scripts/control-plane/go.mod does not require ${module}`);
  return version;
}
