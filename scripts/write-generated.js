import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Writes texts by file name into a folder. Called with --check it writes nothing, and says which files are not up to date. */
export function writeGenerated(folder, texts, script) {
  if (!process.argv.includes('--check')) {
    mkdirSync(join(root, folder), { recursive: true });
    for (const [name, text] of texts) writeFileSync(join(root, folder, name), text);
    return;
  }
  const stale = [...texts].filter(([name, text]) => readOrEmpty(join(root, folder, name)) !== text);
  if (stale.length === 0) return;
  const names = stale.map(([name]) => `${folder}/${name}`).join(', ');
  process.stderr.write(`not up to date: ${names}; run node ${script}\n`);
  process.exitCode = 1;
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
