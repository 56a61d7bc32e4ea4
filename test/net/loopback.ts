import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import {
  createServer as createRawServer,
  type AddressInfo,
  type Server as NetServer,
  type Socket,
} from 'node:net';
import type { Connect, ResolvedAddress } from '../../src/net/dial.ts';
import type { HttpRequest } from '../../src/net/http-client.ts';

export interface Running {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP server on 127.0.0.1. */
export async function serveHttp(listener: RequestListener): Promise<Running> {
  return listen(createHttpServer(listener));
}

/** A server that gets each connection as it is. */
export async function serveRaw(onSocket: (socket: Socket) => void): Promise<Running> {
  return listen(
    createRawServer((socket) => {
      socket.on('error', () => undefined);
      onSocket(socket);
    }),
  );
}

/** Answers every connection with `text` once a whole request head has come. */
export async function serveBytes(text: string, end = true): Promise<Running> {
  return serveRaw((socket) =>
    socket.once('data', () => {
      if (end) socket.end(text, 'latin1');
      else socket.write(text, 'latin1');
    }),
  );
}

export async function listen(server: Server | NetServer): Promise<Running> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}

export async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A request with room to spare; what a test is about is said in `parts`. */
export function get(url: string, parts: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: {},
    timeoutMs: 10_000,
    limitBytes: 1024 * 1024,
    signal: new AbortController().signal,
    ...parts,
  };
}

export function resolved(...addresses: readonly string[]): readonly ResolvedAddress[] {
  return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

/** Dials this machine whatever it is told, and keeps what it was told. */
export function recordingConnect(connect: Connect): {
  readonly dialled: string[];
  readonly connect: Connect;
} {
  const dialled: string[] = [];
  return {
    dialled,
    connect: (addresses, port) => {
      dialled.push(...addresses.map(({ address }) => `${address}:${port}`));
      return connect(resolved('127.0.0.1'), port);
    },
  };
}
