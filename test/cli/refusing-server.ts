import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * An API server that answers these paths alone, a list of objects as a list, and says 403 to all others. Its kubeconfig, with
 * the context `c`, is written into the directory.
 */
export async function refusingServer(
  directory: string,
  answers: Readonly<Record<string, unknown>>,
): Promise<{ readonly words: readonly string[]; readonly close: () => void }> {
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
    response.writeHead(answer === undefined ? 403 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        answer === undefined
          ? refusal
          : Array.isArray(answer)
            ? { kind: 'List', metadata: {}, items: answer }
            : answer,
      ),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = {
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'default' } }],
    'current-context': 'c',
  };
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(config));
  return { words: ['--kubeconfig', kubeconfig, '--context', 'c'], close: () => void server.close() };
}

const refusal = { kind: 'Status', apiVersion: 'v1', reason: 'Forbidden', message: 'not for you', code: 403 };
