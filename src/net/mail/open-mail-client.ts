import { Readable } from 'node:stream';
import type MailComposer from 'nodemailer/lib/mail-composer';
import type SmtpConnection from 'nodemailer/lib/smtp-connection';
import { SluiceError } from '../../api/errors.ts';
import { openScope, type CallScope } from '../call-scope.ts';
import { dial, systemConnect, systemLookup, type Dialer } from '../dial.ts';
import type { HttpClientOptions } from '../open-http-client.ts';
import { authoritiesWith } from '../secure-socket.ts';
import type { MailClient, MailRequest } from './mail-client.ts';
import { mailFault } from './mail-fault.ts';

export type MailClientOptions = Pick<HttpClientOptions, 'egress' | 'ca' | 'lookup' | 'connect'>;

const tlsPort = 465;
const limits = { maxResponseSize: 64 * 1024 };

/** A client whose every connection passes the egress policy. Proxies for HTTP are of no use to it. */
export function openMailClient(options: MailClientOptions): MailClient {
  const { egress: policy, lookup = systemLookup, connect = systemConnect, ca } = options;
  const dialer = { policy, lookup, connect };
  return {
    send(mail) {
      const scope = openScope(mail.host, mail.timeoutMs, [mail.signal]);
      return scope.run(() => sendOne(mail, dialer, ca, scope));
    },
  };
}

async function sendOne(
  mail: MailRequest,
  dialer: Dialer,
  ca: string | undefined,
  scope: CallScope,
): Promise<void> {
  // Loaded when a message is first sent: few runs send any.
  const [{ default: Connection }, { default: Composer }] = await Promise.all([
    import('nodemailer/lib/smtp-connection'),
    import('nodemailer/lib/mail-composer'),
  ]);
  const composed = await compose(mail, Composer);
  const socket = await dial(mail.host, mail.port, dialer, scope.signal);
  scope.signal.addEventListener('abort', () => socket.destroy(), { once: true });
  const authorities = authoritiesWith(ca);
  const connection = new Connection({
    ...limits,
    connection: socket,
    host: mail.host,
    port: mail.port,
    // Not the name of this machine.
    name: '[127.0.0.1]',
    secure: mail.port === tlsPort,
    requireTLS: mail.password !== undefined,
    connectionTimeout: mail.timeoutMs,
    greetingTimeout: mail.timeoutMs,
    socketTimeout: mail.timeoutMs,
    tls: { rejectUnauthorized: true, ...(authorities === undefined ? {} : { ca: authorities }) },
  });
  try {
    mail.beforeSend?.();
    await converse(connection, mail, composed, scope);
  } finally {
    connection.close();
    socket.destroy();
  }
}

interface Composed {
  /** Addresses alone. */
  readonly to: readonly string[];
  readonly message: Buffer;
}

async function compose(mail: MailRequest, Composer: typeof MailComposer): Promise<Composed> {
  const { address, name } = mail.from;
  const composer = new Composer({
    from: { address, name: name ?? '' },
    to: [...mail.to],
    subject: mail.subject,
    html: mail.html,
    messageId: mail.messageId,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const message = composer.compile();
  const { to } = message.getEnvelope();
  return { to, message: await message.build() };
}

/** The connection as one promise a command; an error that no command waits for ends the one that is under way. */
async function converse(
  connection: SmtpConnection,
  mail: MailRequest,
  { to, message }: Composed,
  scope: CallScope,
): Promise<void> {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  connection.on('error', reject);
  connection.once('end', () => reject(new Error('closed')));
  const step = <T>(begin: (done: (error: Error | null | undefined, value: T) => void) => void): Promise<T> =>
    Promise.race([
      broken,
      new Promise<T>((done, fail) => {
        begin((error, value) => (error ? fail(error) : done(value)));
      }),
    ]);
  try {
    await step<void>((done) => connection.connect((error) => done(error, undefined)));
    const { password } = mail;
    if (password !== undefined) {
      if (!connection.secure) throw noTls(mail.host);
      await step<void>((done) =>
        connection.login({ user: mail.from.address, pass: password }, (error) => done(error, undefined)),
      );
    }
    const envelope = { from: mail.from.address, to: [...to] };
    const body = Readable.from(given(message, scope));
    const info = await step<{ readonly rejected?: readonly string[] }>((done) =>
      connection.send(envelope, body, (error, result) => done(error, result ?? {})),
    );
    const refused = info.rejected ?? [];
    if (refused.length > 0) throw partlyRefused(mail.host, refused);
  } catch (error) {
    throw mailFault(error, mail.host, scope.sent);
  }
}

/** Read only once the server has said that it wants the message. */
function* given(message: Buffer, scope: CallScope): Generator<Buffer> {
  scope.sent = true;
  yield message;
}

function noTls(host: string): SluiceError {
  return new SluiceError('terminal', 'NoTls', `${host} offers no TLS, and no password is sent without it`);
}

function partlyRefused(host: string, refused: readonly string[]): SluiceError {
  const message = `${host} refused ${refused.join(', ')}; the other receivers were sent the message`;
  return new SluiceError('terminal', 'ReceiverRefused', message);
}
