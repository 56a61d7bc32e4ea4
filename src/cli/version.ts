import { readFile } from 'node:fs/promises';

/** The version of this package. */
export async function versionText(): Promise<string> {
  // From src/cli and from dist/cli alike, the package stands two folders up.
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
