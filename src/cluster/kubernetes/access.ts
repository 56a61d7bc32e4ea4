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
}

export interface Credentials {
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
