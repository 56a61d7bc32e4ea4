import { createServer, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { listen, type Running } from './loopback.ts';

export interface Proxy extends Running {
  /** What it was asked for, one line a request. */
  readonly asked: string[];
}

/** A proxy that sends everything to `target`, whatever the name; CONNECT is answered with `connectStatus`. */
export async function serveProxy(origin: Running, connectStatus = 200): Promise<Proxy> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? 'anonymous'}`);
    const { pathname } = new URL(request.url ?? '');
    const { 'proxy-authorization': _credentials, ...headers } = request.headers;
    const onward = httpRequest(
      { port: origin.port, host: '127.0.0.1', path: pathname, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? 'anonymous'}`);
    socket.on('error', () => undefined);
    if (connectStatus !== 200) {
      socket.end(`HTTP/1.1 ${connectStatus} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(origin.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  const running = await listen(server);
  return { ...running, asked };
}
