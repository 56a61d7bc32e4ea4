import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SluiceError } from '../../api/errors.ts';
import type { Access, Credentials } from './access.ts';

/** Where a Pod finds its API server: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT. */
export interface PodService {
  readonly host: string;
  readonly port: string;
  /** With `token`, `ca.crt` and `namespace`. Default: where a kubelet puts them. */
  readonly directory?: string;
}

const defaultDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A kubelet renews the token well before it ends; so often it is read anew. */
const goodForMs = 60_000;

/** The API server of the cluster that this process runs in. Needs nothing but two files. */
export function serviceAccountAccess(service: PodService, now: () => number): Access {
  const { host, port, directory = defaultDirectory } = service;
  let known: { readonly credentials: Credentials; readonly atMs: number } | undefined;
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    label: 'this cluster',
    async credentials() {
      if (known !== undefined && now() - known.atMs < goodForMs) return known.credentials;
      try {
        const token = await readFile(join(directory, 'token'), 'utf8');
        const ca = await readFile(join(directory, 'ca.crt'), 'utf8');
        known = {
          credentials: { headers: { authorization: `Bearer ${token.trim()}` }, tls: { ca } },
          atMs: now(),
        };
        return known.credentials;
      } catch (error) {
        throw new SluiceError(
          'environment',
          'Credentials',
          `The service account's token cannot be read: ${messageOf(error)}`,
          { hint: 'Run it with a service account whose token is mounted.', cause: error },
        );
      }
    },
    forget() {
      known = undefined;
    },
  };
}
