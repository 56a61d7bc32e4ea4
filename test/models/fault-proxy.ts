import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { serveHttp } from '../net/loopback.ts';

/** What the server behind the proxy answered. */
export interface TrueAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Writes to the client what it likes instead of the answer. Of `request` the whole body was read. */
export type Fault = (
  response: ServerResponse,
  answer: () => Promise<TrueAnswer>,
  request: IncomingMessage,
) => unknown;

export interface FaultProxy {
  readonly url: string;
  /** Headers of each request that came, faulty or not. */
  readonly seen: readonly IncomingHttpHeaders[];
  /** From now on every request meets it; undefined: all is passed on. */
  set(fault: Fault | undefined): void;
  /** Only the next requests meet these, one each; the others what was set. */
  once(...faults: readonly Fault[]): void;
  /** Resolves when no connection to the proxy is open. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

/** A proxy on 127.0.0.1 in front of a server, that passes on what it is asked and answered until it is told otherwise. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: IncomingHttpHeaders[] = [];
  const queued: Fault[] = [];
  let standing: Fault | undefined;
  let open = 0;
  let waiting: (() => void)[] = [];
  const closed = (): void => {
    open -= 1;
    if (open > 0) return;
    for (const tell of waiting) tell();
    waiting = [];
  };
  const counted = new WeakSet<object>();
  const server = await serveHttp((incoming, response) => {
    seen.push(incoming.headers);
    if (!counted.has(incoming.socket)) {
      counted.add(incoming.socket);
      open += 1;
      incoming.socket.once('close', closed);
      incoming.socket.on('error', () => undefined);
    }
    const fault = queued.shift() ?? standing ?? passOn;
    void bytesOf(incoming)
      .then((body) => fault(response, () => ask(target, incoming, body), incoming))
      .catch(() => response.destroy());
  });
  return {
    url: server.url,
    seen,
    set: (fault) => void (standing = fault),
    once: (...faults) => void queued.push(...faults),
    quiet: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: () => server.close(),
  };
}

const passOn: Fault = async (response, answer) => {
  const { statusCode, headers, body } = await answer();
  response.writeHead(statusCode, withoutFrame(headers)).end(body);
};

/** The headers of an answer, for one whose length and coding are others. */
export function withoutFrame(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const {
    'content-length': _length,
    'transfer-encoding': _coding,
    connection: _connection,
    ...rest
  } = headers;
  return rest;
}

function ask(target: string, { url, method, headers }: IncomingMessage, body: Buffer): Promise<TrueAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<TrueAnswer>();
  const { host: _host, ...passed } = headers;
  httpRequest(new URL(url ?? '/', target), {
    ...(method === undefined ? {} : { method }),
    headers: passed,
    agent: false,
  })
    .on('response', (answer) => {
      bytesOf(answer).then(
        (bytes) => resolve({ statusCode: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
        reject,
      );
    })
    .on('error', reject)
    .end(body);
  return promise;
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
