import { readdir, readFile } from 'node:fs/promises';
import type { StepTypeSource } from './step-type.ts';

/** Files of a directory by name. */
export type ReadDirectory = (
  directory: URL,
) => Promise<readonly { readonly name: string; readonly text: string }[]>;

/**
 * The step types that come with Sluice, from `step-types/` of the package: one file each, named after it, loaded like a
 * user's own.
 */
export async function readBuiltInSources(
  readDirectory: ReadDirectory = readFiles,
): Promise<readonly StepTypeSource[]> {
  // src/step-types/ and dist/step-types/ are equally far from it.
  const files = await readDirectory(new URL('../../step-types/', import.meta.url));
  return files
    .filter(({ name }) => name.endsWith('.yaml'))
    .map(({ name: file, text }): StepTypeSource => {
      const name = file.slice(0, -'.yaml'.length);
      return { name, format: 'yaml', origin: 'built-in', file: `built-in:${name}`, text };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function readFiles(directory: URL): ReturnType<ReadDirectory> {
  const names = await readdir(directory);
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, directory), 'utf8') })),
  );
}
