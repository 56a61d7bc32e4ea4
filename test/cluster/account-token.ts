import { isObject } from '../../src/api/json.ts';
import { KubeApi } from './kube-api.ts';

/** The API as a service account of `main` sees it: with a token of its own, as its Pods have one. */
export async function asAccount(admin: KubeApi, namespace: string, name: string): Promise<KubeApi> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const { status } = await admin.do('POST', path, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600 },
  });
  const token = isObject(status) ? status['token'] : undefined;
  if (typeof token !== 'string') throw new Error(`no token for ${namespace}/${name}`);
  return new KubeApi('main', token);
}
