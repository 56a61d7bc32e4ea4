import type { JsonObject } from '../api/json.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
import { listParam, numberParam, objectParam, textParam } from './param-values.ts';

const text: JsonObject = { type: 'string' };
const name: JsonObject = { type: 'string', minLength: 1 };
/** What stands in a header or a command must not begin another. */
const oneLine: JsonObject = { type: 'string', minLength: 1, pattern: '^[^\\r\\n]*$' };
const defaultPort = 587;
const timeoutMs = 30_000;

export const sendEmail: Op = {
  name: 'send-email',
  cue: [{ provider: 'email', do: 'send' }],
  description: 'Sends an e-mail over SMTP with TLS. It counts as sent when the server has taken it.',
  params: {
    type: 'object',
    required: ['from', 'to', 'content'],
    properties: {
      from: {
        type: 'object',
        required: ['address', 'host'],
        properties: {
          address: { ...oneLine, description: 'The sender, and the account on the server.' },
          alias: { ...text, description: 'Shown in place of the address.' },
          password: {
            ...text,
            sensitive: true,
            description: 'Of the account; without one nobody logs in. Never sent without TLS.',
          },
          host: { ...name, description: 'The server.' },
          port: {
            type: 'integer',
            minimum: 1,
            maximum: 65_535,
            default: defaultPort,
            description: '465 for TLS from the first byte; all others begin it by STARTTLS.',
          },
        },
        additionalProperties: false,
      },
      to: { type: 'array', items: oneLine, minItems: 1, description: 'The receivers.' },
      content: {
        type: 'object',
        required: ['subject', 'body'],
        properties: { subject: text, body: { ...text, description: 'HTML.' } },
        additionalProperties: false,
      },
    },
    additionalProperties: false,
  },
  result: { type: 'object', properties: {}, additionalProperties: false },
  needs: 'network',
  onUnknown: () => 'fail',
  pure: false,
  async perform(params, context) {
    try {
      return await send(params, context);
    } catch (error) {
      return outcomeOfError(error, 'e-mail');
    }
  },
};

async function send(params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const [from, content] = [objectParam(params, 'from'), objectParam(params, 'content')];
  const [address, password] = [textParam(from, 'address', ''), textParam(from, 'password', '')];
  const alias = textParam(from, 'alias', '');
  if (password !== '') context.addSecret(password);
  await context.mail.send({
    host: textParam(from, 'host', ''),
    port: numberParam(from, 'port') ?? defaultPort,
    from: { address, ...(alias === '' ? {} : { name: alias }) },
    to: listParam(params, 'to').filter((each) => typeof each === 'string'),
    subject: textParam(content, 'subject', ''),
    html: textParam(content, 'body', ''),
    ...(password === '' ? {} : { password }),
    messageId: `<${context.idempotencyKey}@sluice.dev>`,
    timeoutMs,
    signal: context.signal,
    ...(context.beforeSend === undefined ? {} : { beforeSend: context.beforeSend }),
  });
  return { kind: 'ok', result: {} };
}
