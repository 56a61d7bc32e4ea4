import type { KubeObject } from '../../src/api/kube-object.ts';

/** The Secret of a joined cluster, as `vela cluster join` writes it; annotations are Sluice's. */
export function joinedSecret(
  name: string,
  data: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): KubeObject {
  const type = 'tls.crt' in data ? 'X509Certificate' : 'ServiceAccountToken';
  const labels = { 'cluster.core.oam.dev/cluster-credential-type': type };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'vela-system', labels, annotations },
    type: 'Opaque',
    stringData: data,
  };
}
