// Builds etcd, kube-apiserver and kube-controller-manager from Go modules into a cache directory. Takes minutes, once.
import { join } from 'node:path';
import { fillOnce } from '../cached-directory.js';
import { goCommand } from './go-command.js';
import { etcdVersion, kubernetesVersion } from './versions.js';

const packages = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
};

export const programNames = Object.keys(packages);

/** `{}` when the programs are in `directory`, or `{ skipped }` when their sources cannot be had. Throws when they do not build. */
export function buildPrograms({ directory, go, env, say, signal }) {
  const build = async (half) => {
    say(
      `building etcd ${etcdVersion} and Kubernetes ${kubernetesVersion} with ${go}, once; this takes minutes`,
    );
    const sources = await goCommand(['list', '-deps', ...Object.values(packages)], { env, signal });
    signal.throwIfAborted();
    if (sources.code !== 0)
      return { skipped: `the sources of kube-apiserver cannot be had (${lastOf(sources.lines)})` };
    return buildInto(half, { packageCount: sources.lines.length, env, say, signal });
  };
  const onWait = () => say('another run builds the control plane; waiting for it');
  return fillOnce(directory, build, { onWait, signal });
}

async function buildInto(half, { packageCount, env, say, signal }) {
  const begun = performance.now();
  const seconds = () => `${Math.round((performance.now() - begun) / 1000)} s`;
  let [compiled, current] = [0, ''];
  const progress = setInterval(
    () => say(`building ${current}: compiled ${compiled} of at most ${packageCount} packages, ${seconds()}`),
    15_000,
  );
  try {
    for (const [name, path] of Object.entries(packages)) {
      current = name;
      const flags = ['-p', '2', '-trimpath', '-buildvcs=false', '-ldflags', linkerFlags, '-v'];
      const { code, lines } = await goCommand(['build', ...flags, '-o', join(half, name), path], {
        env,
        signal,
        onLine: () => (compiled += 1),
      });
      signal.throwIfAborted();
      if (code !== 0) throw new Error(`go build ${path} failed:\n${lines.slice(-15).join('\n')}`);
      say(`built ${name} after ${seconds()}`);
    }
    return {};
  } finally {
    clearInterval(progress);
  }
}

// Built from modules, Kubernetes would call itself v0.0.0-master.
const linkerFlags = `-s -w -X k8s.io/component-base/version.gitVersion=${kubernetesVersion}`;

function lastOf(lines) {
  return lines.findLast((line) => !line.startsWith('go: downloading')) ?? 'go list failed';
}
