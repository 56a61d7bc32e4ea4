import type { LookupFunction } from 'node:net';
import type { SluiceError } from '../../api/errors.ts';

/** How to reach one API server: where, whom to trust, and as whom. */
export interface Access {
  /** Such as `https://127.0.0.1:6443`, a path allowed, without a slash at the end. */
  readonly server: string;
  /** For messages, such as `context main`. */
  readonly label: string;
  /** Asked before requests; keeps what it knows as long as that is good. May run a credential plugin. */
  credentials(): Promise<Credentials>;
  /** The server did not accept the last ones: the next call finds new ones where there may be such. */
  forget(): void;
  /** Told how requests end: with an answer, whatever it says, or without because the server was not there. */
  seen?(end: 'answer' | SluiceError): void;
  /** How the server's name becomes addresses; absent: as the system says. */
  readonly lookup?: LookupFunction | undefined;
}

export interface Credentials {
  /** What they are for, where that may change; absent: the server of the access. */
  readonly server?: string;
  /** In whose name requests are made, such as `system:serviceaccount:team:sluice-runner`; absent: in its own. */
  readonly user?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** HTTP proxy in front of the server. */
  readonly proxyUrl?: string;
}

/** PEM. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  /** False only where the user's kubeconfig says so. */
  readonly rejectUnauthorized?: boolean;
}

/** An access whose credentials never change. */
export function staticAccess(server: string, label: string, credentials: Credentials): Access {
  return {
    server: server.replace(/\/+$/, ''),
    label,
    credentials: async () => credentials,
    forget() {},
  };
}

/** The same way in, in another's name. */
export function accessAs(access: Access, user: string): Access {
  return {
    get server() {
      return access.server;
    },
    label: access.label,
    lookup: access.lookup,
    credentials: async () => ({ ...(await access.credentials()), user }),
    forget: () => access.forget(),
    seen: (end) => access.seen?.(end),
  };
}
