import { parameterRows } from '../../src/cli/render/parameter-rows.ts';
import { code, table } from './markdown.js';

/** The fields of a JSON Schema, nested ones by their path; `none` when it has none. */
export function parameterTable(schema) {
  const rows = parameterRows(schema);
  if (rows.length === 0) return 'None.\n';
  return table(
    ['Name', 'Type', 'Required', 'Default', 'Description'],
    rows.map(({ name, type, isRequired, defaultText, description }) => [
      code(name),
      code(type),
      isRequired ? 'yes' : '',
      code(defaultText),
      description,
    ]),
  );
}

/** The same for what comes out: nothing is required or has a default. */
export function resultTable(schema) {
  const rows = parameterRows(schema);
  if (rows.length === 0) return 'None.\n';
  return table(
    ['Path', 'Type', 'Description'],
    rows.map(({ name, type, description }) => [code(name), code(type), description]),
  );
}
