import { SluiceError } from '../api/errors.ts';
import { hostOf, portOf } from '../net/host-port.ts';

/** A key, and the only hosts it may ever go to. */
export interface ModelCredential {
  readonly key: string;
  /** `name`, `name:port` or `*.name`; without a port the scheme's own is meant. */
  readonly hosts: readonly string[];
}

export interface ModelEndpoint {
  /** `openai` is every server that speaks chat completions. */
  readonly kind: 'openai' | 'azure';
  /** Such as `https://models.example.com/v1`; of Azure the resource's address alone. */
  readonly baseUrl: string;
  /** Of Azure: names a dated API, whose deployments are named as models. Without it the undated one under `/openai/v1`. */
  readonly apiVersion?: string;
  /** Undefined for a server that wants none. */
  readonly credential?: ModelCredential;
}

export interface CheckedEndpoint {
  readonly kind: 'openai' | 'azure';
  readonly baseUrl: URL;
  readonly apiVersion: string | undefined;
  /** What proves who asks; empty when the server wants nothing. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Throws SluiceError `invalid`: no http address, or a credential that must not go there. The key is quoted nowhere. */
export function checkEndpoint(endpoint: ModelEndpoint): CheckedEndpoint {
  const baseUrl = URL.canParse(endpoint.baseUrl.trim()) ? new URL(endpoint.baseUrl.trim()) : undefined;
  if (baseUrl === undefined || !/^https?:$/.test(baseUrl.protocol))
    throw badAddress('is no http or https address');
  if (baseUrl.username !== '' || baseUrl.password !== '') throw badAddress('holds a user name or password');
  if (baseUrl.search !== '' || baseUrl.hash !== '') throw badAddress('holds a query; give the address alone');
  const { kind, apiVersion } = endpoint;
  return { kind, baseUrl, apiVersion, headers: credentialHeaders(kind, baseUrl, endpoint.credential) };
}

/** The address of an Azure resource, whichever of its paths was given. */
export function azureResource(address: string): string {
  return address.replace(/\/+$/, '').replace(/\/openai(?:\/v1)?$/, '');
}

function credentialHeaders(
  kind: ModelEndpoint['kind'],
  baseUrl: URL,
  credential: ModelCredential | undefined,
): Readonly<Record<string, string>> {
  if (credential === undefined) return {};
  const key = credential.key.trim();
  if (!/^[\u0021-\u007e]+$/.test(key)) {
    throw new SluiceError(
      'invalid',
      'BadModelKey',
      'the key of the model is empty or holds characters no key has',
      {
        hint: 'store it again; a line break or a quotation mark may have come along',
      },
    );
  }
  if (!credential.hosts.some((entry) => isMeant(entry, baseUrl))) {
    const hosts = credential.hosts.length === 0 ? 'no host' : credential.hosts.join(', ');
    throw new SluiceError(
      'invalid',
      'CredentialNotForHost',
      `the key may go to ${hosts} only, and the model is at ${baseUrl.host}`,
      { hint: 'store a key for that host, or correct the address' },
    );
  }
  return kind === 'azure' ? { 'api-key': key } : { authorization: `Bearer ${key}` };
}

function isMeant(entry: string, url: URL): boolean {
  const [, name = '', port] = /^(.*?|\[.*\])(?::(\d{1,5}))?$/.exec(entry.trim().toLowerCase()) ?? [];
  const isPort = port === undefined ? url.port === '' : Number(port) === portOf(url);
  const host = hostOf(url).toLowerCase();
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  if (!isPort || bare === '') return false;
  return bare.startsWith('*.') ? bare.length > 2 && host.endsWith(bare.slice(1)) : host === bare;
}

function badAddress(why: string): SluiceError {
  return new SluiceError('invalid', 'BadModelAddress', `the address of the model ${why}`, {
    hint: 'write it like https://models.example.com/v1',
  });
}
