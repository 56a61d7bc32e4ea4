// Writes schemas/*.json from src/api/schema/. With --check it writes nothing, and exits 1 when a file is not up to date.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { schemaFiles } from '../src/api/schema/schema-files.ts';

const folder = new URL('../schemas/', import.meta.url);
const isCheck = process.argv.includes('--check');
const stale = [];

if (!isCheck) mkdirSync(folder, { recursive: true });
for (const [name, schema] of schemaFiles()) {
  const file = new URL(name, folder);
  const text = `${JSON.stringify(schema, null, 2)}\n`;
  if (!isCheck) writeFileSync(file, text);
  else if (readOrEmpty(file) !== text) stale.push(name);
}
if (stale.length > 0) {
  process.stderr.write(
    `not up to date: schemas/${stale.join(', schemas/')}; run node scripts/generate-schemas.js\n`,
  );
  process.exitCode = 1;
}

function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
