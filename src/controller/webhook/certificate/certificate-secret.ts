import { isSluiceError, SluiceError } from '../../../api/errors.ts';
import { isObject, stringifyJson, type JsonObject } from '../../../api/json.ts';
import type { ApiClient } from '../../../cluster/kubernetes/api-client.ts';
import { renewSet, type CertificateSet, type CertificateTimes } from './certificate-set.ts';

/** The Secret that the replicas share. */
export interface CertificateSecret {
  readonly client: Pick<ApiClient, 'find' | 'send'>;
  readonly namespace: string;
  readonly name: string;
}

/** Others write at the same moment, each once: more rounds than this are a fault. */
const rounds = 10;

/**
 * The set in the Secret, renewed where that is due. Whoever writes first wins: the others read what it wrote. Needs get and
 * update of the Secret, and create where it is missing. Throws SluiceErrors of the API server.
 */
export async function shareSet(
  secret: CertificateSecret,
  names: readonly string[],
  nowMs: number,
  times: CertificateTimes,
): Promise<CertificateSet> {
  const { client, namespace, name } = secret;
  const collection = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  for (let round = 0; round < rounds; round += 1) {
    const stored = await client.find({ method: 'GET', path, doing: `get secret ${name}` });
    const set = stored === undefined ? undefined : readSet(stored);
    const renewed = await renewSet(set, names, nowMs, times);
    if (renewed === set) return set;
    try {
      await client.send({
        method: stored === undefined ? 'POST' : 'PUT',
        path: stored === undefined ? collection : path,
        body: stringifyJson(secretObject(stored, secret, renewed)),
        contentType: 'application/json',
        doing: `${stored === undefined ? 'create' : 'update'} secret ${name}`,
      });
      return renewed;
    } catch (error) {
      const isRace = isSluiceError(error) && ['Conflict', 'AlreadyExists', 'NotFound'].includes(error.code);
      if (!isRace || error.details?.['statusCode'] === undefined) throw error;
      // NotFound of a POST is the namespace's.
      if (error.code === 'NotFound' && stored === undefined) throw error;
    }
  }
  throw new SluiceError(
    'transient',
    'CertificateContended',
    `The Secret ${namespace}/${name} with the webhook's certificate changes all the time.`,
  );
}

/** Keeps what others put onto the Secret: labels, owners, further keys. */
function secretObject(
  stored: JsonObject | undefined,
  { namespace, name }: CertificateSecret,
  set: CertificateSet,
): JsonObject {
  const others = Object.entries(isObject(stored?.['data']) ? stored['data'] : {}).filter(
    ([key]) => !ownKeys.includes(key),
  );
  return {
    ...(stored ?? { type: 'Opaque', metadata: { namespace, name } }),
    apiVersion: 'v1',
    kind: 'Secret',
    data: { ...Object.fromEntries(others), ...dataOf(set) },
  };
}

const ownKeys = ['tls.crt', 'tls.key', 'ca.crt', 'ca.key', 'next-ca.crt', 'next-ca.key'];

function dataOf({ serving, authority, next, trusted }: CertificateSet): Record<string, string> {
  const others = trusted.filter((cert) => cert !== authority.cert);
  const texts = {
    'tls.crt': serving.cert,
    'tls.key': serving.key,
    // The one that signs stands first.
    'ca.crt': [authority.cert, ...others].join(''),
    'ca.key': authority.key,
    ...(next === undefined ? {} : { 'next-ca.crt': next.cert, 'next-ca.key': next.key }),
  };
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text, 'utf8').toString('base64')]),
  );
}

/** Undefined for a Secret that does not hold all of it, such as an empty one that waits to be filled. */
function readSet({ data }: JsonObject): CertificateSet | undefined {
  const text = (key: string): string => {
    const value = isObject(data) ? data[key] : undefined;
    return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
  };
  const trusted = text('ca.crt').match(pemCertificate) ?? [];
  const [first] = trusted;
  if (first === undefined || text('ca.key') === '') return undefined;
  const next = { cert: text('next-ca.crt'), key: text('next-ca.key') };
  return {
    authority: { cert: first, key: text('ca.key') },
    trusted,
    next: next.cert === '' || next.key === '' ? undefined : next,
    serving: { cert: text('tls.crt'), key: text('tls.key') },
  };
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g;
