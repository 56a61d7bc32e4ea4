import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelRequestSeen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ModelServer {
  /** Base URL with `/v1`. */
  readonly url: string;
  readonly seen: readonly ModelRequestSeen[];
  answer: (response: ServerResponse) => void;
  close(): Promise<void>;
}

/** A provider on loopback that answers as told. */
export async function startModelServer(
  answer: (response: ServerResponse) => void = silent,
): Promise<ModelServer> {
  const seen: ModelRequestSeen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      model.answer(response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const model: ModelServer = {
    answer,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
  return model;
}

/** An answer in OpenAI's format. */
export function saying(content: string | null): (response: ServerResponse) => void {
  return (response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ index: 0, message: { role: 'assistant', content } }] }));
  };
}

export function answering(status: number, body: string): (response: ServerResponse) => void {
  return (response) => {
    response.statusCode = status;
    response.setHeader('content-type', 'application/json');
    response.end(body);
  };
}

/** Sends headers and a little of the body again and again, for as long as the connection lasts. */
export function endless(response: ServerResponse): void {
  response.setHeader('content-type', 'application/json');
  const timer = setInterval(() => response.write('{"choices":['.padEnd(1024)), 5);
  response.on('close', () => clearInterval(timer));
}

export function silent(): void {
  // No answer at all; the connection stays open.
}
