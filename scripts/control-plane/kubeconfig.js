import { writeFile } from 'node:fs/promises';

/** A kubeconfig with a context for each cluster, named like it, as its admin; the first is current. */
export function kubeconfigOf(clusters) {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: clusters.map(({ name, server, ca }) => ({
      name,
      cluster: { server, 'certificate-authority-data': ca.toString('base64') },
    })),
    users: clusters.map(({ name, tokens }) => ({ name: `${name}-admin`, user: { token: tokens.admin } })),
    contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: `${name}-admin` } })),
    'current-context': clusters[0].name,
  };
}

/** Adds the context `nobody`: the first cluster, as a user without any rights. */
export function withNobody(kubeconfig, [cluster]) {
  return {
    ...kubeconfig,
    users: [...kubeconfig.users, { name: 'nobody', user: { token: cluster.tokens.nobody } }],
    contexts: [
      ...kubeconfig.contexts,
      { name: 'nobody', context: { cluster: cluster.name, user: 'nobody' } },
    ],
  };
}

/** As JSON, which is YAML. */
export async function writeKubeconfig(file, kubeconfig) {
  await writeFile(file, `${JSON.stringify(kubeconfig, undefined, 2)}\n`, { mode: 0o600 });
}
