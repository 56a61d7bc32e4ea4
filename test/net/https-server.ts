import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { issueAuthority, issueServing } from '../../src/controller/webhook/certificate/issue-certificate.ts';
import { listen, type Running } from './loopback.ts';

/** An HTTPS server for `localhost`, and the authority that nobody but the test knows. */
export async function serveHttps(listener: RequestListener): Promise<Running & { readonly ca: string }> {
  const validity = { fromMs: Date.now() - 60_000, toMs: Date.now() + 3_600_000 };
  const authority = await issueAuthority('test', validity);
  const { cert, key } = await issueServing(authority, ['localhost'], validity);
  const server = createServer({ cert, key }, listener);
  server.on('tlsClientError', () => undefined);
  const running = await listen(server);
  return { ...running, url: `https://localhost:${running.port}`, ca: authority.cert };
}
