import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { settingsPath } from '../llm/settings/settings-file.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { RunRef } from '../store/port.ts';
import { openMemoryStore } from '../store/memory/open.ts';
import { assembleSession, type AssembleOptions, type SessionStore } from './assemble-session.ts';
import { openFileSettings } from './models/file-settings.ts';
import { isSamePlace, placeOf, withoutPlace } from './place-of-run.ts';
import type { Session } from './session.ts';

export interface SessionOptions extends AssembleOptions {
  readonly stateDir: string;
}

/** Opens the local engine over a state directory. Throws SluiceError `environment` when the directory cannot be used. */
export async function openSession(given: SessionOptions): Promise<Session> {
  const options = { settings: openFileSettings(settingsPath(given.stateDir), given.env), ...given };
  const store = await openSqliteStore({ directory: options.stateDir, now: options.now, newId: randomUUID });
  const description = `state in ${abbreviate(store.directory)}`;
  if (options.modelTraffic?.kind === 'dry-run')
    return await assembleSession(options, throwAway(store), 'a dry run that nothing is kept of');
  const session = await assembleSession(options, store, description);

  /** A stored run goes on where it was started, whatever this session was opened for. */
  async function inItsPlace<T>(ref: RunRef, act: (there: Session) => Promise<T>): Promise<T> {
    const began = (await store.runs.get(ref))?.sources.options;
    if (began === undefined || isSamePlace(began, options)) {
      return act(session);
    }
    const there = await assembleSession(
      { ...withoutPlace(options), ...placeOf(began) },
      { ...store, close: () => Promise.resolve() },
      description,
    );
    try {
      return await act(there);
    } finally {
      await there.close();
    }
  }

  return {
    ...session,
    resume: (ref, ...rest) => inItsPlace(ref, (there) => there.resume(ref, ...rest)),
    restart: (ref, ...rest) => inItsPlace(ref, (there) => there.restart(ref, ...rest)),
    command: (ref, command) => inItsPlace(ref, (there) => there.command(ref, command)),
  };
}

/** Keeps nothing, and has the step types and the key that a real run would have. */
function throwAway(kept: SessionStore): SessionStore {
  const memory = openMemoryStore();
  return {
    ...memory,
    definitions: kept.definitions,
    installationKey: () => kept.installationKey(),
    async close() {
      await memory.close();
      await kept.close();
    },
  };
}

function abbreviate(directory: string): string {
  const home = homedir();
  return directory.startsWith(`${home}/`) ? `~${directory.slice(home.length)}` : directory;
}
