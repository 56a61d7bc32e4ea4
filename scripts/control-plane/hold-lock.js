// A lock between processes that the operating system takes back when its holder dies: SQLite's on a file of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';

const busy = 5; // SQLITE_BUSY

/** Waits until nobody else holds the lock, then holds it until the function returned is called. */
export async function holdLock(file, { onWait, signal }) {
  const database = new DatabaseSync(file);
  let hasWaited = false;
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return () => database.close();
    } catch (error) {
      if (error.errcode !== busy) throw error;
    }
    if (!hasWaited) onWait();
    hasWaited = true;
    await sleep(500, undefined, { signal });
  }
}
