import { setTimeout as sleep } from 'node:timers/promises';
import { withoutFrame, type Fault } from './fault-proxy.ts';

/** What a fault comes to. */
export interface FaultCase {
  readonly name: string;
  readonly fault: Fault;
  readonly expected: { readonly kind: string; readonly code: string };
  /** How often the request goes out before it is given up. */
  readonly requests: number;
}

const plain = (status: number, body: string, headers: Record<string, string> = {}): Fault => {
  return (response) => response.writeHead(status, headers).end(body);
};

/** What a gateway says of itself: with all it was sent, as some do while they are being set up. */
const gatewayPage =
  (status: number): Fault =>
  (response, _answer, { headers }) =>
    response
      .writeHead(status, { 'content-type': 'text/html' })
      .end(
        `<html><head><title>${status}</title></head><body><center><h1>${status} Bad Gateway</h1></center>` +
          `<!-- ${JSON.stringify(headers)} --><hr>nginx</body></html>`,
      );

/** Bytes on the wire that no HTTP server would write. */
const raw =
  (text: string): Fault =>
  (response) =>
    response.socket?.end(text, 'latin1');

/** Part of the true answer; then what `end` does. */
const begun =
  (end: (socket: { destroy(): unknown; resetAndDestroy(): unknown; end(): unknown }) => unknown): Fault =>
  async (response, answer) => {
    const { statusCode, headers, body } = await answer();
    response.writeHead(statusCode, withoutFrame(headers));
    // Inside of the first event of a stream, and of the text of a whole answer.
    response.write(body.subarray(0, Math.min(body.length - 1, 70)), () => {
      if (response.socket !== null) end(response.socket);
    });
  };

const drip: Fault = async (response, answer) => {
  const { statusCode, headers, body } = await answer();
  response.writeHead(statusCode, withoutFrame(headers));
  for (const byte of body) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    // oxlint-disable-next-line no-await-in-loop -- a drip is one after the other
    await sleep(50);
  }
};

const endless: Fault = async (response, answer) => {
  const { statusCode, headers, body } = await answer();
  response.writeHead(statusCode, withoutFrame(headers));
  // Of a stream the events of the first text, without the one that ends it.
  const part = body.subarray(0, body.indexOf('}\n\n') + 3 || body.length);
  const more = (): void => {
    while (!response.destroyed && response.write(part)) continue;
  };
  response.on('drain', more);
  more();
};

const transient = (code: string) => ({ kind: 'transient', code });
const broken = (code: string) => ({ kind: 'indeterminate', code });
const terminal = (code: string) => ({ kind: 'terminal', code });

/** Faults whose outcome is the same whether the answer was asked for as a stream or not. */
export const faultCases: readonly FaultCase[] = [
  { name: '429 without a word', fault: plain(429, ''), expected: transient('ModelBusy'), requests: 4 },
  {
    name: '429 that asks to wait 3 s',
    fault: plain(429, '{"error":{"message":"slow down"}}', { 'retry-after': '3' }),
    expected: transient('ModelBusy'),
    requests: 4,
  },
  {
    name: '429 that asks to wait an hour',
    fault: plain(429, '{}', { 'retry-after': '3600' }),
    expected: transient('ModelBusy'),
    requests: 1,
  },
  {
    name: 'a gateway page with 502',
    fault: gatewayPage(502),
    expected: transient('ModelServerFault'),
    requests: 4,
  },
  {
    name: 'a gateway page with 504',
    fault: gatewayPage(504),
    expected: transient('ModelServerFault'),
    requests: 4,
  },
  {
    name: 'a gateway page with 200',
    fault: gatewayPage(200),
    expected: terminal('ModelAnswerUnreadable'),
    requests: 1,
  },
  {
    name: 'a gateway page with 403',
    fault: gatewayPage(403),
    expected: { kind: 'denied', code: 'ModelForbidden' },
    requests: 1,
  },
  { name: 'nothing at all', fault: () => undefined, expected: broken('Timeout'), requests: 1 },
  {
    name: 'a head and then nothing',
    fault: (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    expected: broken('Timeout'),
    requests: 1,
  },
  { name: 'a drip', fault: drip, expected: broken('Timeout'), requests: 1 },
  { name: 'an answer without an end', fault: endless, expected: broken('BodyTooLarge'), requests: 1 },
  {
    name: 'a reset before the answer',
    fault: (response) => response.socket?.resetAndDestroy(),
    expected: broken('ConnectionLost'),
    requests: 4,
  },
  {
    name: 'an end before the answer',
    fault: (response) => response.socket?.end(),
    expected: broken('ConnectionLost'),
    requests: 4,
  },
  {
    name: 'a reset inside of the answer',
    fault: begun((socket) => socket.resetAndDestroy()),
    expected: broken('ConnectionLost'),
    requests: 4,
  },
  {
    name: 'an end inside of the answer',
    fault: begun((socket) => socket.end()),
    expected: broken('ConnectionLost'),
    requests: 4,
  },
  {
    name: 'a stall inside of the answer',
    fault: begun(() => undefined),
    expected: broken('Timeout'),
    requests: 1,
  },
  {
    name: 'what is no HTTP',
    fault: raw('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
    expected: broken('ConnectionLost'),
    requests: 4,
  },
  {
    name: 'a header without an end',
    fault: raw(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`),
    expected: broken('HeadersTooLarge'),
    requests: 1,
  },
  {
    name: 'gzip that is none',
    fault: async (response, answer) => {
      const { statusCode, headers, body } = await answer();
      response.writeHead(statusCode, { ...withoutFrame(headers), 'content-encoding': 'gzip' }).end(body);
    },
    expected: broken('BrokenEncoding'),
    requests: 4,
  },
  {
    name: 'an encoding that nobody knows',
    fault: plain(200, 'xyz', { 'content-encoding': 'zz-best' }),
    expected: broken('UnknownEncoding'),
    requests: 1,
  },
  {
    name: 'an error with 200',
    fault: plain(200, '{"error":{"message":"out of memory"}}'),
    expected: broken('ModelAnswerBroken'),
    requests: 4,
  },
  {
    name: 'an error with 200 that has a status of its own',
    fault: plain(200, '{"error":{"message":"Rate limit exceeded","code":429}}'),
    expected: transient('ModelBusy'),
    requests: 4,
  },
  {
    name: 'an error with 200 about the key',
    fault: plain(200, '{"error":{"message":"User not found","code":401}}'),
    expected: { kind: 'denied', code: 'ModelKeyRefused' },
    requests: 1,
  },
  {
    name: 'nothing with 204',
    fault: plain(204, ''),
    expected: terminal('ModelAnswerUnreadable'),
    requests: 1,
  },
  {
    name: 'half of a JSON text',
    fault: plain(200, '{"choices":[{"mess', { 'content-type': 'application/json' }),
    expected: terminal('ModelAnswerUnreadable'),
    requests: 1,
  },
];
