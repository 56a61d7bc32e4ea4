import type { StepTypeSource } from '../../step-types/step-type.ts';
import type { DefinitionStore, PackageStore } from '../port.ts';
import type { Database } from './database.ts';
import { SqlitePackages } from './packages.ts';

/** Step types installed under the state directory. */
export class SqliteDefinitions implements DefinitionStore {
  readonly #db: Database;
  readonly #now: () => number;
  readonly packages: PackageStore;

  constructor(db: Database, now: () => number) {
    this.#db = db;
    this.#now = now;
    this.packages = new SqlitePackages(db, now);
  }

  put(source: StepTypeSource): Promise<'created' | 'updated' | 'unchanged'> {
    const db = this.#db;
    return db.write(() => {
      const former = db.get('SELECT format, text FROM definitions WHERE name = ?', source.name);
      if (former?.['text'] === source.text && former['format'] === source.format) return 'unchanged';
      db.run(
        'INSERT OR REPLACE INTO definitions (name, format, file, updated_at_ms, text) VALUES (?, ?, ?, ?, ?)',
        source.name,
        source.format,
        source.file,
        this.#now(),
        source.text,
      );
      return former === undefined ? 'created' : 'updated';
    });
  }

  list(): Promise<readonly StepTypeSource[]> {
    return this.#db.read(() =>
      this.#db.all('SELECT name, format, file, text FROM definitions ORDER BY name').map((row) => ({
        name: String(row['name']),
        format: row['format'] as StepTypeSource['format'],
        origin: 'installed',
        file: String(row['file']),
        text: String(row['text']),
      })),
    );
  }

  delete(name: string): Promise<boolean> {
    return this.#db.write(() => this.#db.run('DELETE FROM definitions WHERE name = ?', name) > 0);
  }
}
