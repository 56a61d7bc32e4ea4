import { hasPrefix, parseAddress, parseBlock } from './ip-address.ts';

/** What the process may reach. Public addresses always; the others as said here. */
export interface EgressPolicy {
  /** This machine; the local shells set it. */
  readonly allowLoopback?: boolean;
  /** Private, shared and benchmark ranges (RFC 1918, RFC 6598, unique local). */
  readonly allowPrivate?: boolean;
  /**
   * Hosts that the operator configured, as `name` or `name:port`: allowed although they are loopback or private. Addresses
   * that are always refused stay refused.
   */
  readonly allowHosts?: readonly string[];
}

export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'metadata'
  | 'link-local'
  | 'unspecified'
  | 'multicast'
  | 'broadcast'
  | 'reserved'
  /** Another address inside an IPv6 transition form, where only public ones make sense. */
  | 'embedded'
  /** No address at all, or one with a zone. */
  | 'malformed';

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly addressClass: AddressClass };

/** Whether `address`, which `host` resolved to or is, may be dialled on `port`. */
export function checkAddress(address: string, host: string, port: number, policy: EgressPolicy): Verdict {
  const addressClass = classifyAddress(address);
  if (addressClass === 'public') return { allowed: true };
  const trusted = isAllowedHost(host, port, policy);
  if (addressClass === 'loopback' && (trusted || policy.allowLoopback === true)) return { allowed: true };
  if (addressClass === 'private' && (trusted || policy.allowPrivate === true)) return { allowed: true };
  return { allowed: false, addressClass, reason: reasons[addressClass] };
}

/**
 * What a host says by itself, before anything is resolved: an address in any spelling that a URL allows (dotted, decimal,
 * octal, hexadecimal), or the name of a metadata service. Undefined when only its resolution can tell.
 */
export function checkHost(host: string, port: number, policy: EgressPolicy): Verdict | undefined {
  const literal = literalAddress(host);
  if (literal !== undefined) return checkAddress(literal, host, port, policy);
  const name = host.toLowerCase().replace(/\.$/, '');
  if (!metadataNames.has(name)) return undefined;
  return { allowed: false, addressClass: 'metadata', reason: reasons.metadata };
}

/** The address that a URL's host is, without brackets; undefined for a name. */
export function literalAddress(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (parseAddress(bare) !== undefined) return bare;
  const url = `http://${host}/`;
  const canonical = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
  return parseAddress(canonical) === undefined ? undefined : canonical;
}

/** What kind of address this is; IPv4 inside IPv6 is judged by the IPv4 address. */
export function classifyAddress(text: string): AddressClass {
  const address = parseAddress(text);
  return address === undefined ? 'malformed' : classify(address);
}

function isAllowedHost(host: string, port: number, policy: EgressPolicy): boolean {
  const bare = bareHost(host);
  return (policy.allowHosts ?? []).some((allowed) => {
    const entry = allowed.trim().toLowerCase();
    return bareHost(entry) === bare || entry === `${bare}:${port}` || entry === `[${bare}]:${port}`;
  });
}

function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

function classify(address: Uint8Array): AddressClass {
  if (address.length === 4) return classOf(address, ranges4) ?? 'public';
  const known = classOf(address, ranges6);
  if (known !== undefined) return known;
  // A mapped address is dialled as the IPv4 address it holds.
  if (hasPrefix(address, mapped.prefix, mapped.bits)) return classify(address.subarray(12));
  const inner = embeddedAddresses(address);
  if (inner === undefined) return 'public';
  return inner.every((each) => classify(each) === 'public') ? 'public' : 'embedded';
}

function classOf(address: Uint8Array, ranges: readonly Range[]): AddressClass | undefined {
  return ranges.find(({ prefix, bits }) => hasPrefix(address, prefix, bits))?.addressClass;
}

/** The IPv4 addresses that a transition form would have a gateway dial. */
function embeddedAddresses(address: Uint8Array): readonly Uint8Array[] | undefined {
  const last = address.subarray(12);
  if (transitions.tail.some(({ prefix, bits }) => hasPrefix(address, prefix, bits))) return [last];
  if (hasPrefix(address, transitions.sixToFour.prefix, 16)) return [address.subarray(2, 6)];
  // Teredo: the server, and the client with its bits turned round.
  if (hasPrefix(address, transitions.teredo.prefix, 32)) {
    return [address.subarray(4, 8), last.map((byte) => byte ^ 0xff)];
  }
  // ISATAP marks the interface part instead of the prefix.
  const isIsatap = (address[8] ?? 0) <= 2 && address[9] === 0 && address[10] === 0x5e && address[11] === 0xfe;
  return isIsatap ? [last] : undefined;
}

interface Range {
  readonly prefix: Uint8Array;
  readonly bits: number;
  readonly addressClass: AddressClass;
}

function range(addressClass: AddressClass, ...blocks: readonly string[]): readonly Range[] {
  return blocks.map((text) => ({ ...block(text), addressClass }));
}

function block(text: string): { readonly prefix: Uint8Array; readonly bits: number } {
  return parseBlock(text) ?? { prefix: new Uint8Array(0), bits: 0 };
}

/** The first match counts: single metadata addresses stand before the ranges that hold them. */
const ranges4: readonly Range[] = [
  ...range(
    'metadata',
    '169.254.169.254/32', // AWS, GCP, Azure, OpenStack and most others
    '169.254.169.253/32', // AWS: DNS
    '169.254.169.123/32', // AWS: time
    '169.254.170.2/32', // AWS: task credentials
    '169.254.170.23/32', // AWS: pod identity
    '169.254.42.42/32', // Scaleway
    '169.254.0.23/32', // Tencent
    '100.100.100.200/32', // Alibaba
    '168.63.129.16/32', // Azure: the host of the machine
    '192.0.0.192/32', // Oracle
  ),
  ...range('unspecified', '0.0.0.0/8'),
  ...range('loopback', '127.0.0.0/8'),
  ...range('link-local', '169.254.0.0/16'),
  ...range('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '198.18.0.0/15'),
  ...range('broadcast', '255.255.255.255/32'),
  ...range('multicast', '224.0.0.0/4'),
  ...range(
    'reserved',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '192.88.99.0/24',
    '240.0.0.0/4',
  ),
];

const ranges6: readonly Range[] = [
  ...range('metadata', 'fd00:ec2::254/128', 'fd00:ec2::253/128', 'fd00:ec2::123/128', 'fd00:ec2::23/128'),
  ...range('metadata', 'fd20:ce::254/128', 'fd00:42::42/128', 'fd00:c1::a9fe:a9fe/128'),
  ...range('unspecified', '::/128'),
  ...range('loopback', '::1/128'),
  ...range('link-local', 'fe80::/10'),
  ...range('private', 'fc00::/7', 'fec0::/10'),
  ...range('multicast', 'ff00::/8'),
  ...range(
    'reserved',
    '100::/64',
    '2001:db8::/32',
    '3fff::/20',
    '5f00::/16',
    '2001:2::/48',
    '64:ff9b:1::/48',
  ),
];

const mapped = block('::ffff:0:0/96');
const transitions = {
  /** IPv4-compatible, IPv4-translated, NAT64: the IPv4 address is the last 32 bits. */
  tail: [block('::/96'), block('::ffff:0:0:0/96'), block('64:ff9b::/96')],
  sixToFour: block('2002::/16'),
  teredo: block('2001::/32'),
};

/** Names under which clouds serve credentials: refused as names too, since behind a proxy nothing is resolved here. */
const metadataNames: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
]);

const reasons: Readonly<Record<AddressClass, string>> = {
  public: '',
  loopback: 'it is an address of this machine',
  private: 'it is a private address',
  metadata: 'it is the metadata service of a cloud',
  'link-local': 'it is a link-local address',
  unspecified: 'it is the unspecified address',
  multicast: 'it is a multicast address',
  broadcast: 'it is the broadcast address',
  reserved: 'it is a reserved address',
  embedded: 'it holds an IPv4 address that is not public',
  malformed: 'it is no address',
};
