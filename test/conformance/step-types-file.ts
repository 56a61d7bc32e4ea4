import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InputFile } from '../../src/runner/backend.ts';

/** The step types that scenarios use beside `suspend` and `step-group`. */
export function stepTypesFile(): InputFile {
  return { name: 'step-types.yaml', bytes: readFileSync(join(import.meta.dirname, 'step-types.yaml')) };
}
