import { afterEach, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import {
  issueAuthority,
  issueServing,
  type KeyPair,
} from '../../src/controller/webhook/certificate/issue-certificate.ts';
import { openMailClient } from '../../src/net/mail/open-mail-client.ts';
import { ops } from '../../src/ops/registry.ts';
import { serveSmtp, type SmtpOptions, type SmtpServer } from '../net/smtp-server.ts';
import { perform, testContext, type TestContext } from './context.ts';

const validity = { fromMs: Date.now() - 60_000, toMs: Date.now() + 3_600_000 };
let authority: KeyPair;
let tls: KeyPair;
beforeAll(async () => {
  authority = await issueAuthority('test', validity);
  tls = await issueServing(authority, ['127.0.0.1'], validity);
});
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface World {
  readonly server: SmtpServer;
  readonly context: TestContext;
  readonly params: JsonObject;
}

async function worldOf(options: SmtpOptions = {}, ca = authority.cert): Promise<World> {
  const server = await serveSmtp(options);
  closers.push(() => server.close());
  const mail = openMailClient({ egress: { allowLoopback: true }, ca });
  const from = {
    address: 'bot@example.com',
    alias: 'Bot',
    password: 'hunter2',
    host: '127.0.0.1',
    port: server.port,
  };
  const content = { subject: 'Größe\r\nBcc: x@evil.example', body: '<b>done</b>' };
  return {
    server,
    context: testContext({ others: { mail } }),
    params: { from, to: ['Ann <a@example.com>', 'b@example.com'], content },
  };
}

test('a message is sent inside TLS, with the account of the sender', async () => {
  const { server, context, params } = await worldOf({ tls });
  expect(await perform('send-email', params, context)).toEqual({ kind: 'ok', result: {} });
  const account = Buffer.from('\0bot@example.com\0hunter2').toString('base64');
  expect(server.commands.slice(0, 8)).toEqual([
    'EHLO [127.0.0.1]',
    'STARTTLS',
    '+EHLO [127.0.0.1]',
    `+AUTH PLAIN ${account}`,
    '+MAIL FROM:<bot@example.com>',
    '+RCPT TO:<a@example.com>',
    '+RCPT TO:<b@example.com>',
    '+DATA',
  ]);
  expect(server.messages).toHaveLength(1);
  const [head = ''] = server.messages[0]?.split('\r\n\r\n') ?? [];
  expect(head).toContain('From: Bot <bot@example.com>');
  expect(head).toContain('To: Ann <a@example.com>, b@example.com');
  expect(head).toContain('Message-ID: <key-1@sluice.dev>');
  expect(head).toContain('Content-Type: text/html');
  expect(head.split('\r\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
  expect(context.secrets).toContain('hunter2');
});

test('without a password nobody logs in', async () => {
  const { server, context, params } = await worldOf();
  const { password: _password, ...from } = params['from'] as JsonObject;
  expect((await perform('send-email', { ...params, from }, context)).kind).toBe('ok');
  expect(server.commands.filter((each) => each.includes('AUTH'))).toEqual([]);
});

test('whoever may not begin an effect sends nothing', async () => {
  const { server, params } = await worldOf({ tls });
  const mail = openMailClient({ egress: { allowLoopback: true }, ca: authority.cert });
  const beforeSend = (): void => {
    throw new Error('not the owner any more');
  };
  const context = testContext({ others: { mail, beforeSend } });
  await expect(perform('send-email', params, context)).rejects.toThrow('not the owner');
  expect(server.commands).toEqual([]);
});

test.each<[string, SmtpOptions['answers'], string, string]>([
  [
    'a server without TLS',
    { STARTTLS: '502 not here' },
    'terminal',
    'e-mail: 127.0.0.1 refused STARTTLS: 502 not here',
  ],
  ['a wrong password', { AUTH: '535 no' }, 'terminal', 'e-mail: 127.0.0.1 refused AUTH: 535 no'],
  ['a sender that is refused', { MAIL: '550 no' }, 'terminal', 'refused MAIL: 550 no'],
  ['a server that is busy', { MAIL: '451 later' }, 'transient', 'refused MAIL: 451 later'],
  ['receivers that are unknown', { RCPT: '550 who' }, 'terminal', '550 who'],
  [
    'one receiver that is unknown',
    { 'RCPT TO:<b': '550 who' },
    'terminal',
    'refused b@example.com; the other',
  ],
  ['a message that is refused', { '.': '554 spam' }, 'terminal', '554 spam'],
  ['a message that is refused for now', { '.': '452 full' }, 'transient', '452 full'],
  ['a server that hangs up early', { MAIL: '' }, 'transient', 'cannot connect to 127.0.0.1'],
  [
    'a server that takes the message and hangs up',
    { '.': '' },
    'indeterminate',
    'was given the message and did not answer',
  ],
])('%s', async (_what, answers, errorClass, message) => {
  const { context, params } = await worldOf({ tls, ...(answers === undefined ? {} : { answers }) });
  const outcome = await perform('send-email', params, context);
  expect(outcome).toMatchObject({ kind: 'error', class: errorClass });
  expect(outcome.kind === 'error' && outcome.message).toContain(message);
  expect(JSON.stringify(outcome)).not.toContain('hunter2');
});

test('a certificate that nobody vouches for', async () => {
  const other = await issueAuthority('other', validity);
  const { server, context, params } = await worldOf({ tls }, other.cert);
  const outcome = await perform('send-email', params, context);
  expect(outcome).toMatchObject({ kind: 'error', class: 'terminal' });
  expect(outcome.kind === 'error' && outcome.message).toContain(
    'the certificate of 127.0.0.1 is not accepted',
  );
  expect(server.messages).toEqual([]);
});

test('an address that must not be called', async () => {
  const { params } = await worldOf();
  const context = testContext({ others: { mail: openMailClient({ egress: {} }) } });
  expect(await perform('send-email', params, context)).toMatchObject({ kind: 'error', class: 'terminal' });
});

test('a crash between sending and its record fails the step', () => {
  expect(ops.get('send-email')?.onUnknown({})).toBe('fail');
});
