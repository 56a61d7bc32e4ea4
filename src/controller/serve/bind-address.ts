import { SluiceError } from '../../api/errors.ts';

/** Where a server listens. */
export interface BindAddress {
  /** An IP address or a name; undefined: every interface. */
  readonly host: string | undefined;
  /** 0: any that is free. */
  readonly port: number;
}

/**
 * Reads `HOST:PORT`, `:PORT` or `[IPV6]:PORT`. `0`, nothing, or undefined means that there is no such server. `flag` is for
 * the error: SluiceError `invalid` for anything else.
 */
export function readBindAddress(text: string | undefined, flag: string): BindAddress | undefined {
  if (text === undefined || text === '' || text === '0') return undefined;
  const match = /^(?:\[(?<ipv6>[0-9a-fA-F:.]+)\]|(?<host>[^\s:[\]/]*)):(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.['port'] ?? Number.NaN);
  if (match === null || !(port <= 65_535)) {
    throw new SluiceError(
      'invalid',
      'BindAddress',
      `${flag} ${JSON.stringify(text)} is no address to listen on.`,
      {
        hint: `Give HOST:PORT, such as 127.0.0.1:8080 or :8080; 0 is off.`,
      },
    );
  }
  const host = match.groups?.['ipv6'] ?? match.groups?.['host'] ?? '';
  return { host: host === '' ? undefined : host, port };
}

/** As `readBindAddress` takes it. */
export function bindAddressText({ host, port }: BindAddress): string {
  if (host === undefined) return `:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
