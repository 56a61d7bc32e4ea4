import type { PackageSource } from '../../step-types/packages/package-source.ts';
import type { DefinitionChange, PackageStore } from '../port.ts';
import type { Database } from './database.ts';

/** Packages installed under the state directory. */
export class SqlitePackages implements PackageStore {
  readonly #db: Database;
  readonly #now: () => number;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  put({ name, file, text }: PackageSource): Promise<DefinitionChange> {
    const db = this.#db;
    return db.write(() => {
      const former = db.get('SELECT text FROM packages WHERE name = ?', name);
      if (former?.['text'] === text) return 'unchanged';
      db.run(
        'INSERT OR REPLACE INTO packages (name, file, updated_at_ms, text) VALUES (?, ?, ?, ?)',
        name,
        file,
        this.#now(),
        text,
      );
      return former === undefined ? 'created' : 'updated';
    });
  }

  list(): Promise<readonly PackageSource[]> {
    return this.#db.read(() =>
      this.#db.all('SELECT name, file, text FROM packages ORDER BY name').map((row) => ({
        name: String(row['name']),
        origin: 'installed',
        file: String(row['file']),
        text: String(row['text']),
      })),
    );
  }

  delete(name: string): Promise<boolean> {
    return this.#db.write(() => this.#db.run('DELETE FROM packages WHERE name = ?', name) > 0);
  }
}
