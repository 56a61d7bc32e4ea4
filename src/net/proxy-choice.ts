import { SluiceError } from '../api/errors.ts';
import { classifyAddress, literalAddress } from './egress.ts';
import { hostOf, portOf } from './host-port.ts';
import { hasPrefix, parseAddress, parseBlock } from './ip-address.ts';

/** The values of HTTP_PROXY, HTTPS_PROXY and NO_PROXY; empty text counts as none. */
export interface ProxySettings {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly noProxy?: string | undefined;
}

/**
 * The proxy for a URL; undefined for a direct connection. This machine is never reached through a proxy. Throws
 * SluiceError `environment` when the setting is no address.
 */
export function chooseProxy(url: URL, settings: ProxySettings): URL | undefined {
  const [name, value] =
    url.protocol === 'https:' ? ['HTTPS_PROXY', settings.httpsProxy] : ['HTTP_PROXY', settings.httpProxy];
  if (value === undefined || value.trim() === '') return undefined;
  return isThisMachine(hostOf(url)) || isExcepted(url, settings.noProxy ?? '')
    ? undefined
    : proxyUrl(value.trim(), name);
}

function proxyUrl(value: string, name: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
  throw new SluiceError('environment', 'BadProxy', `${name} is no http or https address`, {
    hint: 'write it like http://proxy.example.com:3128',
  });
}

function isThisMachine(host: string): boolean {
  const literal = literalAddress(host);
  if (literal !== undefined) return classifyAddress(literal) === 'loopback';
  return /^(?:.*\.)?localhost\.?$/i.test(host);
}

function isExcepted(url: URL, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(url, entry));
}

/** `*`, an address or block, or a name that also stands for all names under it; each but `*` may end in a port. */
function matches(url: URL, entry: string): boolean {
  if (entry === '*') return true;
  const host = hostOf(url).toLowerCase().replace(/\.$/, '');
  const block = parseBlock(entry.replace(/^\[(.*)\]$/, '$1'));
  if (block !== undefined) {
    const address = parseAddress(host);
    return address !== undefined && hasPrefix(address, block.prefix, block.bits);
  }
  const [, bare = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && Number(port) !== portOf(url)) return false;
  const name = bare.replace(/^\[(.*)\]$/, '$1').replace(/^\*?\./, '');
  return name !== '' && (host === name || (host.endsWith(`.${name}`) && parseAddress(host) === undefined));
}
