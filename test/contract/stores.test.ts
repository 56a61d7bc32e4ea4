import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, test } from 'vitest';
import { openMemoryStore } from '../../src/store/memory/open.ts';
import { createSharedMemory } from '../../src/store/memory/shared-memory.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { groupCases } from './group-contract.ts';
import { objectStoreCases } from './object-store-contract.ts';
import { storeCases } from './store-contract.ts';
import type { OpenedStore, StorePlace } from './store-contract.ts';

const opened: OpenedStore[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

const places: Readonly<Record<string, () => Promise<StorePlace>>> = {
  memory: async () => {
    const memory = createSharedMemory();
    return { open: async (logLimits) => keep(openMemoryStore({ memory, ...(logLimits && { logLimits }) })) };
  },
  sqlite: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sluice-store-'));
    directories.push(directory);
    return {
      open: async (logLimits) =>
        keep(
          await openSqliteStore({
            directory,
            now: Date.now,
            newId: randomUUID,
            ...(logLimits && { logLimits }),
          }),
        ),
    };
  },
};

describe.each(Object.keys(places))('%s', (kind) => {
  test.each(Object.keys(storeCases))('%s', async (name) => {
    const place = await places[kind]?.();
    if (place !== undefined) await storeCases[name]?.(place);
  });

  test.each(Object.keys(groupCases))('groups: %s', async (name) => {
    const place = await places[kind]?.();
    if (place !== undefined) await groupCases[name]?.(place);
  });

  test.each(Object.keys(objectStoreCases))('objects: %s', async (name) => {
    const place = await places[kind]?.();
    if (place !== undefined) await objectStoreCases[name]?.(async () => (await place.open()).objects);
  });
});

function keep<S extends OpenedStore>(store: S): S {
  opened.push(store);
  return store;
}
