import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that systems give to connections: one of those could be taken by a client before it is listened on. */
const [first, count] = [10_000, 20_000];

/** A port of 127.0.0.1 that nobody listens on, for a server that is started now. */
export async function serverPort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
