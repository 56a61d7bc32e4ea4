import type { RunPhase } from '../../api/status.ts';
import { aheadInGroup, type GroupMember } from '../group-line.ts';
import type { Database } from './database.ts';

/** Puts the run into the line of its group, and lets it in when nobody is before it. Inside a write transaction. */
export function enterGroup(
  db: Database,
  id: string,
  group: string,
  isAlive: (owner: unknown) => boolean,
): readonly GroupMember[] {
  db.run('INSERT OR IGNORE INTO run_groups (run_id, name, has_begun) VALUES (?, ?, 0)', id, group);
  const members = db
    .all(
      `SELECT runs.id, runs.namespace, runs.name, runs.owner, runs.phase, runs.finished, run_groups.has_begun
         FROM run_groups JOIN runs ON runs.id = run_groups.run_id
         WHERE run_groups.name = ? AND runs.namespace = (SELECT namespace FROM runs WHERE id = ?)
         ORDER BY run_groups.seq`,
      group,
      id,
    )
    .map((row): GroupMember => ({
      id: String(row['id']),
      ref: { namespace: String(row['namespace']), name: String(row['name']) },
      isLive: isAlive(row['owner']),
      hasBegun: row['has_begun'] === 1,
      phase: row['phase'] as RunPhase,
      finished: row['finished'] === 1,
    }));
  const ahead = aheadInGroup(members, id);
  db.run('UPDATE run_groups SET has_begun = ? WHERE run_id = ?', Number(ahead.length === 0), id);
  return ahead;
}
