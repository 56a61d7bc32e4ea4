import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';

/** The key of this installation, 64 hex digits: made when it is first asked for, the same for every process from then on. */
export async function installationKey(db: Database): Promise<string> {
  const read = (): string | undefined => {
    const row = db.get('SELECT key FROM installation');
    return row === undefined ? undefined : String(row['key']);
  };
  const known = await db.read(read);
  if (known !== undefined) return known;
  const made = randomBytes(32).toString('hex');
  return db.write(() => {
    // Another process may have been faster.
    db.run('INSERT OR IGNORE INTO installation (only_row, key) VALUES (1, ?)', made);
    return read() ?? made;
  });
}
