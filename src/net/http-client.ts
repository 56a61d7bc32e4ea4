/** One outgoing request. Limits are always set. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Wall time for the whole exchange, redirects and body included. */
  readonly timeoutMs: number;
  /** The body is refused past this. */
  readonly limitBytes: number;
  readonly signal: AbortSignal;
  /**
   * Called when the connection stands, before the first byte of the request; what it throws ends the call, and nothing was
   * sent. Not called again for redirects.
   */
  readonly beforeSend?: () => void;
  /** PEM bundles and client certificate for this call only; `insecure`: any certificate of the server will do. */
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly insecure?: boolean;
  };
  /** At most so many requests of this method and address (query left out) in a period; one more is `transient`. */
  readonly rate?: { readonly limit: number; readonly periodMs: number };
  /** How many redirects are followed, 5 by default; with 0 a redirect is the answer. */
  readonly maxRedirects?: number;
  /** Is told of the answer while it comes; the whole of it is returned as well. */
  readonly observer?: AnswerObserver;
}

/** What comes of the last hop: its head once, then its bytes as they are on the wire, `content-encoding` and all. */
export interface AnswerObserver {
  head(statusCode: number, headers: HttpResponse['headers']): void;
  bytes(chunk: Uint8Array): void;
}

export interface HttpResponse {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly trailers: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
}

/**
 * Sends requests through the egress guard. Throws SluiceError: `denied` (the policy refuses the address), `transient`
 * (connection refused, reset before the request went out, DNS), `indeterminate` (sent, and then no whole answer: timeout,
 * reset, too large; `details.repeats` when a repeat would end the same way), `terminal` (bad URL, certificate not trusted,
 * too many redirects). An HTTP status is an answer, not an error. Messages name the host and nothing else of the request.
 */
export interface HttpClient {
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}
