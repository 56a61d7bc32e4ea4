import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, SluiceError } from '../api/errors.ts';
import { isObject } from '../api/json.ts';

export interface Config {
  /** The kubeconfig context that `workflow` and `def` act on. */
  readonly context?: string;
  readonly filters?: FilterChanges;
}

/** Names of analyzers: those that `analyze` uses beside its default ones, and default ones that it leaves out. */
export interface FilterChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** What `sluice config` and `sluice filters` remember, in the state directory. An absent file is an empty config. */
export async function readConfig(stateDir: string): Promise<Config> {
  const path = configPath(stateDir);
  try {
    const config: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isObject(config)) {
      const { context, filters } = config;
      return {
        ...(typeof context === 'string' ? { context } : {}),
        ...(isObject(filters)
          ? { filters: { added: names(filters['added']), removed: names(filters['removed']) } }
          : {}),
      };
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw unusable(path, error);
  }
  throw unusable(path, 'it is no JSON object');
}

export async function writeConfig(stateDir: string, config: Config): Promise<void> {
  const path = configPath(stateDir);
  const next = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(next, `${JSON.stringify(config, undefined, 2)}\n`, { mode: 0o600 });
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw unusable(path, error);
  }
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function configPath(stateDir: string): string {
  return join(stateDir, 'config.json');
}

function unusable(path: string, why: unknown): SluiceError {
  return new SluiceError('environment', 'ConfigUnusable', `cannot use ${path}: ${messageOf(why)}`, {
    hint: 'Correct the file or remove it.',
  });
}
