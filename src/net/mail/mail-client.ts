/** One message to one server. Limits are always set. */
export interface MailRequest {
  readonly host: string;
  /** 465: TLS from the first byte; others: STARTTLS. */
  readonly port: number;
  readonly from: { readonly address: string; readonly name?: string };
  /** `a@example.com`, or `Ann <a@example.com>`. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string;
  /** The account is the sender's address. With a password nothing is sent outside of TLS. */
  readonly password?: string;
  /** The same for a repeat, so that a receiver can tell that it is one. */
  readonly messageId: string;
  /** Wall time for the whole exchange. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called when the connection stands, before the first command; what it throws ends the call, and nothing was sent. */
  readonly beforeSend?: () => void;
}

/**
 * Sends mail through the egress guard. Throws SluiceError: `denied` (the policy refuses the address), `transient` (no
 * connection, or a refusal for now, before the message was given away), `terminal` (credentials, certificate, sender or a
 * receiver refused, no TLS), `indeterminate` (the message was given away, and no answer came). Messages name the host and what
 * it answered.
 */
export interface MailClient {
  send(mail: MailRequest): Promise<void>;
}
