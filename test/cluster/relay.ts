import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A port of 127.0.0.1 that nobody listens on. */
export async function closedPort(): Promise<number> {
  const relay = await Relay.to('https://127.0.0.1:1');
  await relay.close();
  return relay.port;
}

interface RelayState {
  isCut: boolean;
  onNext: ((release: () => void) => void) | undefined;
  onIdle: (() => void) | undefined;
}

/** A wire to a server on 127.0.0.1 that can be cut: what the network does to a connection. */
export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #state: RelayState;

  private constructor(server: Server, sockets: Set<Socket>, state: RelayState) {
    this.#server = server;
    this.#sockets = sockets;
    this.#state = state;
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  static async to(target: string): Promise<Relay> {
    const sockets = new Set<Socket>();
    const state: RelayState = { isCut: false, onNext: undefined, onIdle: undefined };
    const port = Number(new URL(target).port);
    const server = createServer((inner) => {
      if (state.isCut) {
        inner.destroy();
        return;
      }
      const outer = connect(port, '127.0.0.1');
      const isHeld = state.onNext !== undefined;
      for (const [socket, peer] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        sockets.add(socket);
        socket.on('error', () => peer.destroy());
        socket.on('close', () => {
          sockets.delete(socket);
          peer.destroy();
          if (sockets.size === 0) state.onIdle?.();
        });
        if (!isHeld) socket.pipe(peer);
      }
      state.onNext?.(() => inner.pipe(outer).pipe(inner));
      state.onNext = undefined;
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

  /** Lets nothing more through the connections there are. They stay open, and new ones work. */
  stall(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  /** Both ends counted. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Resolves when nobody is connected any more. */
  async untilIdle(): Promise<void> {
    if (this.#sockets.size > 0) await new Promise<void>((resolve) => (this.#state.onIdle = resolve));
  }

  /** Lets nothing through the next connection. Resolves, once there is one, with what lets it go. */
  holdNext(): Promise<() => void> {
    return new Promise((resolve) => {
      this.#state.onNext = (release) => resolve(release);
    });
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
