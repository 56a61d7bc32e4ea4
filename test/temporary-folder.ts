import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives all tests of this run, and the processes they start, one temporary folder; what is returned removes it with all it holds. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
