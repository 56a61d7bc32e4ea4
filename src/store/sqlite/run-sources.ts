import type { PinnedDocument, RunSources } from '../port.ts';
import type { Database } from './database.ts';

type PinnedStepType = RunSources['stepTypes'][number];

/** Stores what a run was started from; a step type's text is kept once, whichever runs pin it. Inside a write. */
export function insertSources(db: Database, runId: string, sources: RunSources): void {
  const headers = sources.stepTypes.map(({ text: _text, ...header }): Omit<PinnedStepType, 'text'> => header);
  db.run(
    'INSERT INTO run_sources (run_id, document, workflow, called, step_types, options) VALUES (?, ?, ?, ?, ?, ?)',
    runId,
    JSON.stringify(sources.document),
    sources.workflow === undefined ? null : JSON.stringify(sources.workflow),
    sources.called === undefined ? null : JSON.stringify(sources.called),
    JSON.stringify(headers),
    JSON.stringify(sources.options),
  );
  for (const { digest, text } of sources.stepTypes) {
    db.run('INSERT OR IGNORE INTO texts (digest, text) VALUES (?, ?)', digest, text);
    db.run('INSERT OR IGNORE INTO run_texts (run_id, digest) VALUES (?, ?)', runId, digest);
  }
}

/** Inside a read or a write. */
export function readSources(db: Database, runId: string): RunSources {
  const row =
    db.get(
      'SELECT document, workflow, called, step_types, options FROM run_sources WHERE run_id = ?',
      runId,
    ) ?? {};
  const texts = new Map(
    db
      .all('SELECT digest, text FROM texts JOIN run_texts USING (digest) WHERE run_id = ?', runId)
      .map(({ digest, text }) => [String(digest), String(text)]),
  );
  const headers = JSON.parse(String(row['step_types'])) as Omit<PinnedStepType, 'text'>[];
  return {
    document: JSON.parse(String(row['document'])) as RunSources['document'],
    ...(row['workflow'] === null
      ? {}
      : { workflow: JSON.parse(String(row['workflow'])) as RunSources['document'] }),
    ...(row['called'] === null ? {} : { called: JSON.parse(String(row['called'])) as PinnedDocument[] }),
    stepTypes: headers.map((header) => ({ ...header, text: texts.get(header.digest) ?? '' })),
    options: JSON.parse(String(row['options'])) as RunSources['options'],
  };
}

/** Deletes a run with all that hangs on it, and the texts that no other run pins. Inside a write. */
export function deleteRun(db: Database, runId: string): void {
  const digests = db.all('SELECT digest FROM run_texts WHERE run_id = ?', runId);
  db.run('DELETE FROM runs WHERE id = ?', runId);
  for (const { digest } of digests) {
    db.run(
      'DELETE FROM texts WHERE digest = ?1 AND NOT EXISTS (SELECT 1 FROM run_texts WHERE digest = ?1)',
      digest ?? null,
    );
  }
}
