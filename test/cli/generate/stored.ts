import { realCli } from '../real-cli.ts';

/** Names of what is in the in-memory cluster. */
export async function stored(stateDir: string, kind: string): Promise<readonly string[]> {
  const { stdout } = await realCli(['cluster', 'get', kind, '-o', 'json'], { stateDir });
  const { items } = JSON.parse(stdout) as { items: readonly { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name);
}
