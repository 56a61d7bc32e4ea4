import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A port of 127.0.0.1 that nobody listens on. */
export async function closedPort(): Promise<number> {
  const relay = await Relay.to('https://127.0.0.1:1');
  await relay.close();
  return relay.port;
}

/** A wire to a server on 127.0.0.1 that can be cut: what the network does to a connection. */
export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #state: { isCut: boolean };

  private constructor(server: Server, sockets: Set<Socket>, state: { isCut: boolean }) {
    this.#server = server;
    this.#sockets = sockets;
    this.#state = state;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  static async to(target: string): Promise<Relay> {
    const sockets = new Set<Socket>();
    const state = { isCut: false };
    const port = Number(new URL(target).port);
    const server = createServer((inner) => {
      if (state.isCut) {
        inner.destroy();
        return;
      }
      const outer = connect(port, '127.0.0.1');
      for (const [socket, peer] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => peer.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          peer.destroy();
        });
        socket.pipe(peer);
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Relay(server, sockets, state);
  }

  /** Breaks every connection and, until `mend`, each new one. */
  cut(): void {
    this.#state.isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#state.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
