import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Request } from './outcome.ts';
import type { ScriptedAnswer } from './scenario.ts';

/** An HTTP server on loopback that gives the answers of a scenario, in order, and keeps what it was asked. */
export class ScriptedServer {
  readonly requests: Request[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(answers: readonly ScriptedAnswer[]): Promise<ScriptedServer> {
    const server = createServer();
    const scripted = new ScriptedServer(server);
    server.on('request', (request, response) => {
      const answer = answerAt(answers, scripted.requests.length);
      scripted.requests.push({
        line: `${request.method} ${request.url}`,
        key: String(request.headers['idempotency-key'] ?? 'none'),
        atMs: Date.now(),
      });
      if ('drop' in answer) {
        request.socket.destroy();
        return;
      }
      response.writeHead(answer.status).end(answer.body ?? '');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    return scripted;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** The answer to the request of that number, from 0. */
export function answerAt(answers: readonly ScriptedAnswer[], number: number): ScriptedAnswer {
  return answers[Math.min(number, answers.length - 1)] ?? { status: 200 };
}
